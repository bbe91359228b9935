"""Kernels of this project in plain Python: the numbers of the CPU device's compiled kernels."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.launch import cuda, debugged, index, kernel, real
from crosscheck.kernels.loss import mse_loss
from crosscheck.kernels.pooling import max_pool2d
from crosscheck.kernels.softmax import softmax

pytest.importorskip("greenlet")


def whole(*shape):
    """Return small whole numbers, of which float32 sums are exact in any order."""
    return np.random.default_rng(len(shape)).integers(-4, 5, shape).astype(np.float32)


X, W = whole(1, 2, 6, 5), whole(3, 2, 3, 3)
GRAD = whole(1, 3, 6, 5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: convolution.forward(X, W, padding=1, algorithm="direct"),
        lambda: convolution.forward(X, W, padding=1, algorithm="tiled"),
        lambda: convolution.input_gradient(X.shape, W, GRAD, padding=1, algorithm="tiled"),
        lambda: convolution.weight_gradient(X, W.shape, GRAD, padding=1, algorithm="tiled"),
        lambda: max_pool2d.forward(X, 3, stride=2, padding=1),
        lambda: mse_loss.forward(X, whole(1, 2, 6, 5) + X),
        lambda: softmax.forward(X, dim=1),
    ],
    ids="direct tiled input_gradient weight_gradient max_pool2d mse_loss softmax".split(),
)
def test_the_numbers_are_those_of_compiled_kernels(call):
    expected = call()
    with debugged():
        found = call()
    for ours, theirs in zip(np.atleast_1d(found), np.atleast_1d(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=3e-7, atol=0)


def test_index_wraps_and_refuses_other_types():
    @kernel
    def below_zero(out, i):
        out[0] = i - 1
        out[1] = max(i, 3) // 2
        for k in range(i, i + 3):
            out[2] += np.int64(k)

    @kernel
    def mixed(out, i):
        out[0] = i + np.int64(1)

    found, expected = np.zeros(3, np.int64), np.zeros(3, np.int64)
    below_zero[1, 1](expected, 0)
    with debugged():
        below_zero[1, 1](found, 0)
        with pytest.raises(TypeError, match=r"index32 \+ int64; expected two of index32"):
            mixed[1, 1](found, 0)
    assert found.tolist() == expected.tolist() == [2**32 - 1, 1, 3]


def test_a_chosen_thread_is_passed_on():
    from crosscheck.kernels.cpu import modes

    with debugged(thread=(3,), block=[1, 2]):
        assert (modes.current().thread, modes.current().block) == ((3, 0, 0), (1, 2, 0))
    with pytest.raises(ValueError, match=r"thread is \(-1,\); expected 1 to 3 integers"):
        with debugged(thread=(-1,)):
            pass


def test_an_exception_in_a_kernel_is_pythons():
    @kernel
    def scale(x):
        i = index(cuda.grid(1))
        x[i] = real(2) * x[i]

    with debugged(), pytest.raises(IndexError, match="index 4 is out of bounds") as caught:
        scale[1, 8](np.zeros(4, np.float32))
    assert "thread (4, 0, 0) of block (0, 0, 0)" in caught.value.__notes__[0]
