"""Max unpooling against PyTorch, to the bit; several writers of one element; what it refuses."""

import numpy as np
import pytest
import torch

from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import max_pool2d, max_unpool2d

IMAGE = np.random.default_rng(0).standard_normal((2, 3, 6, 8))
X, INDICES = max_pool2d.forward(IMAGE, 2)


@pytest.mark.parametrize("context", [wide_index, sanitized])
def test_puts_back_what_max_pool2d_took(context):
    with context():
        y = max_unpool2d.forward(X, INDICES, (6, 8))
    np.testing.assert_array_equal(y, np.where(np.isin(IMAGE, X), IMAGE, 0))
    np.testing.assert_array_equal(max_unpool2d.input_gradient(IMAGE, INDICES), X)


def test_the_last_of_several_writers_stays_and_each_gets_the_gradient():
    indices = np.array([[[5, 2, 5], [5, 2, 0]]])
    x = np.arange(1.0, 7.0).reshape(1, 2, 3)
    y = max_unpool2d.forward(x, indices, (2, 3))
    np.testing.assert_array_equal(y, [[[6, 0, 5], [0, 0, 4]]])
    dx = max_unpool2d.input_gradient(x, indices)
    np.testing.assert_array_equal(dx, x.reshape(-1)[indices])


def test_any_layout_in_and_out():
    def reversed_copy(array):
        return array[..., ::-1].copy()[..., ::-1]

    out = np.full((2, 3, 6, 16), np.nan)[..., ::2]
    found = max_unpool2d.forward(reversed_copy(X), reversed_copy(INDICES), (6, 8), out=out)
    assert found is out
    np.testing.assert_array_equal(out, max_unpool2d.forward(X, INDICES, (6, 8)))


@pytest.mark.parametrize("size", [None, (7, 9), (2, 3, 5, 8), [6, 7]])
def test_the_size_is_torchs(size):
    given = X.shape, 2, None, 0, size
    theirs = torch.nn.functional.max_unpool2d(
        torch.from_numpy(X), torch.zeros(X.shape, dtype=torch.int64), 2, output_size=size
    )
    assert max_unpool2d.resolve(*given) == tuple(theirs.shape[2:])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: max_unpool2d.forward(X, INDICES, (5, 8)), IndexError, "indices is 4"),
        (lambda: max_unpool2d.forward(X, INDICES - 1, (6, 8)), IndexError, "indices is -1"),
        (lambda: max_unpool2d.forward(X, INDICES[:1], (6, 8)), ValueError, "indices.shape is (1, "),
        (lambda: max_unpool2d.forward(X, INDICES, (6, 0)), ValueError, "output_size is (6, 0)"),
        (lambda: max_unpool2d.forward(X, X, (6, 8)), TypeError, "indices.dtype is 'float64'"),
        (lambda: max_unpool2d.resolve((3, 4), 2), ValueError, "input.shape is (3, 4)"),
        (lambda: max_unpool2d.resolve((1, 3, 4), 2, output_size=(8, 8)), ValueError, "a stride"),
        (lambda: max_unpool2d.resolve((1, 3, 4), 2, output_size=(8,)), ValueError, "2 integers"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


@pytest.mark.parametrize("wrong", [48, -1, 2**40])
def test_on_a_gpu_an_index_out_of_range_writes_nowhere_and_the_next_call_raises(wrong, monkeypatch):
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)  # as on a GPU
    monkeypatch.setattr(deferred, "_notes", {})
    indices = INDICES.copy()
    indices[-1, -1, -1, -1] = wrong
    with sanitized():
        y = max_unpool2d.forward(X, indices, (6, 8))
        with pytest.raises(IndexError, match=f"^max_unpool2d: indices is {wrong};"):
            deferred.check()
        dx = max_unpool2d.input_gradient(IMAGE, indices)
        with pytest.raises(IndexError, match=f"^max_unpool2d input_gradient: indices is {wrong};"):
            deferred.check()
    whole = max_unpool2d.forward(X, INDICES, (6, 8))
    whole.reshape(-1)[5 * 48 + INDICES[-1, -1, -1, -1]] = 0
    np.testing.assert_array_equal(y, whole)
    expected = X.copy()
    expected[-1, -1, -1, -1] = np.nan
    np.testing.assert_array_equal(dx, expected)
