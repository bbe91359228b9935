"""take: gradients without atomics, and what the CPU and a GPU refuse."""

import numpy as np
import pytest

from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.indexing import take
from crosscheck.kernels.launch import sanitized

X = np.random.default_rng(0).standard_normal((3, 5)).astype(np.float32)


def test_gradients_are_added_in_the_order_of_the_outputs():
    index = np.array([[4, -1, 4], [0, 4, 14]])
    dy = np.float32([[1e8, 3, 1], [5, -1e8, 2]])
    with sanitized():
        dx = take.input_gradient(dy, index, X.shape)
    expected = np.zeros(15, np.float32)
    np.add.at(expected, index.ravel(), dy.ravel())  # NumPy adds in this order, too
    np.testing.assert_array_equal(dx, expected.reshape(3, 5))


@pytest.mark.parametrize("wrong", [15, -16])
def test_a_number_out_of_range_is_named(wrong, monkeypatch):
    message = f"^take: index is {wrong}; expected elements from 0 to 14, or as many below 0$"
    index = np.array([14, -15, wrong])
    with pytest.raises(IndexError, match=message):
        take.forward(X, index)
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)  # as on a GPU
    monkeypatch.setattr(deferred, "_notes", {})
    with sanitized(), deferred.synchronous(), pytest.raises(IndexError, match=message):
        in_range.check("take", "index", index, 14, 0, "elements", from_end=True)


def test_on_a_gpu_a_number_out_of_range_gives_nan_and_the_next_call_raises(monkeypatch):
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)  # as on a GPU
    monkeypatch.setattr(deferred, "_notes", {})
    index = np.array([14, -15, 15, -16, 2**40, 0])
    with sanitized():
        y = take.forward(X, index)
        with pytest.raises(IndexError, match="^take: index is 15; .*; an earlier call passed it"):
            take.forward(X, index)
        take.input_gradient(y, index, X.shape)
        with pytest.raises(IndexError, match="^take input_gradient: index is 15;"):
            deferred.check()
    np.testing.assert_array_equal(y, [X[2, 4], X[0, 0], np.nan, np.nan, np.nan, X[0, 0]])
