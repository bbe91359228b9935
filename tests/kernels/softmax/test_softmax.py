"""Softmax and log_softmax against PyTorch: extremes, special values, layouts, bad input."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.softmax import log_softmax, softmax

FAMILIES = [(softmax, torch.softmax), (log_softmax, torch.log_softmax)]
INF, NAN = np.inf, np.nan

both = pytest.mark.parametrize(("family", "theirs"), FAMILIES, ids=["softmax", "log_softmax"])
each = pytest.mark.parametrize("algorithm", ["direct", "tree"])


def normal(seed, *shape, scale=1.0):
    return np.asarray(scale * np.random.default_rng(seed).standard_normal(shape))


@both
@each
@pytest.mark.parametrize(
    ("shape", "dim"),
    [
        *(((2, n), 1) for n in (1, THREADS - 1, THREADS, THREADS + 1, 3 * THREADS)),
        ((5, 3), 0),
        ((2, 4, 3, 2), -3),
        ((), 0),
        ((), -1),
        ((2, 0, 3), 1),
        ((0, 4), 1),
    ],
)
def test_values_and_gradient(family, theirs, algorithm, shape, dim):
    x, dy = normal(0, *shape, scale=5), normal(1, *shape)
    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor, dim)
    (gradient,) = torch.autograd.grad(expected, tensor, torch.tensor(dy))
    with sanitized():
        y = family.forward(x, dim, algorithm=algorithm)
        dx = family.input_gradient(dy, y, dim, algorithm=algorithm)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-12, strict=True)
    np.testing.assert_allclose(dx, gradient.numpy(), rtol=1e-12, atol=1e-13, strict=True)


@both
@each
@pytest.mark.parametrize(
    "row",
    [
        [INF, 1, 2],
        [-INF, -INF],
        [-INF, 1, 2],
        [NAN, 1, 2],
        [1, NAN],
        [INF, -INF, 1],
        [NAN, INF],
        [NAN],
    ],
)
def test_special_values_are_pytorchs(family, theirs, algorithm, row):
    x = np.array([row, np.zeros(len(row))], np.float32)  # a row keeps its trouble to itself
    y = family.forward(x, 1, algorithm=algorithm)
    np.testing.assert_allclose(y, theirs(torch.tensor(x), 1).numpy(), rtol=1e-6)


@both
@each
@pytest.mark.parametrize("offset", [1e4, -1e4, 3e38])
def test_large_numbers_neither_overflow_nor_underflow(family, theirs, algorithm, offset):
    x = np.full((1, 9), offset, np.float32)
    expected = 1 / 9 if family is softmax else -np.log(9)
    y = family.forward(x, 1, algorithm=algorithm)
    np.testing.assert_allclose(y, expected, rtol=1e-6)


@both
@each
def test_any_strides_in_and_out(family, theirs, algorithm):
    x = normal(0, 4, 6, 5)[::-1, ::2].transpose(2, 0, 1)
    out = np.full((4, 3, 10), NAN).transpose(2, 0, 1)[::2]
    assert family.forward(x, 1, algorithm=algorithm, out=out) is out
    np.testing.assert_allclose(out, theirs(torch.tensor(x.copy()), 1).numpy(), rtol=1e-13)


@both
@pytest.mark.parametrize(
    ("x", "dim", "message"),
    [
        (np.zeros((2, 3)), 2, "dim is 2; expected an integer from -2 to 1"),
        (np.zeros((2, 3)), -3, "dim is -3"),
        (np.zeros(()), 1, "dim is 1; expected an integer from -1 to 0"),
        (np.zeros(3), True, "dim is True"),
        (np.zeros(3), 1.0, "dim is 1.0"),
        (np.zeros(3, np.int64), 0, "input.dtype is 'int64'"),
    ],
)
def test_rejects(family, theirs, x, dim, message):
    with pytest.raises((TypeError, ValueError), match=message):
        family.forward(x, dim)


@both
def test_gradient_rejects_another_shape(family, theirs):
    with pytest.raises(ValueError, match=r"output.shape is \(3, 2\); expected \(2, 3\)"):
        family.input_gradient(np.zeros((2, 3)), np.zeros((3, 2)), 0)


@both
@each
def test_indices_of_64_bits_give_the_same_bits(family, theirs, algorithm):
    x, dy = normal(0, 3, 200), normal(1, 3, 200)
    y = family.forward(x, 1, algorithm=algorithm)
    dx = family.input_gradient(dy, y, 1, algorithm=algorithm)
    with wide_index():
        np.testing.assert_array_equal(family.forward(x, 1, algorithm=algorithm), y)
        np.testing.assert_array_equal(family.input_gradient(dy, y, 1, algorithm=algorithm), dx)
