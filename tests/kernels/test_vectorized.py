"""Elementwise kernels 128 bits at a time: what they take, and every length of what is cut off."""

import numpy as np
import pytest

from crosscheck.kernels import vectorized
from crosscheck.kernels.activation import relu
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.elementwise import add
from crosscheck.kernels.launch import sanitized

A = np.random.default_rng(0).integers(-8, 9, (6, 4, 4)).astype(np.float32)


def is_a_row(*arrays):
    return vectorized.aligned_rows(*arrays) is not None


@pytest.mark.parametrize("size", [1, 3, 4, 5, 1023, 1024, 1025, 1027, 1028, 2047, 2048, 2051])
def test_every_element_is_computed_whatever_is_left_over(size):
    x, other = (np.random.default_rng(i).integers(-8, 9, size).astype(np.float32) for i in (0, 1))
    with sanitized():
        np.testing.assert_array_equal(relu.forward(x, algorithm="vectorized"), np.maximum(x, 0))
        y = add.forward(x, other, 3, algorithm="vectorized")
    np.testing.assert_array_equal(y, x + 3 * other)


@pytest.mark.parametrize("seed", [0, 1])
def test_in_place_in_any_order_of_threads(seed):
    x = np.resize(A, 3000)
    expected = x + 2 * np.maximum(x, 0)
    with modes.using(seed=seed):
        add.forward(x, np.maximum(x, 0), 2, algorithm="vectorized", out=x)
    np.testing.assert_array_equal(x, expected)


def test_dense_arrays_in_one_order_of_memory_are_rows():
    turned = A.transpose(2, 0, 1)
    (row, other) = vectorized.aligned_rows(turned, turned.copy(order="K"))
    assert np.shares_memory(row, A) and row.shape == other.shape == (A.size,)
    np.testing.assert_array_equal(row, A.reshape(-1))
    np.testing.assert_array_equal(other, A.reshape(-1))


@pytest.mark.parametrize(
    "arrays",
    [
        (A, A.transpose(0, 2, 1)),
        (A[::2], A[::2]),
        (A[::-1], A),
        (A, np.broadcast_to(A[0], A.shape)),
        (A, A[0]),
        (A.reshape(-1)[1:], A.reshape(-1)[1:]),
    ],
    ids=["two orders", "gaps", "reversed", "expanded", "broadcast", "not on 16 bytes"],
)
def test_others_are_not_and_are_computed_directly(arrays):
    assert not is_a_row(*arrays)
    x, other = arrays
    np.testing.assert_array_equal(add.forward(x, other, algorithm="vectorized"), x + other)


def test_it_is_chosen_on_a_gpu_only():
    table = vectorized.table(lambda: True, lambda: None)
    assert [name for name, each in table.items() if each.prefers(None, "cuda")][0] == "vectorized"
    assert not table["vectorized"].prefers(None, "cpu")
