"""guvectorize(target="cuda"): loops, letters and outputs."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.cudadrv.devicearray import DeviceNDArray


@cuda.guvectorize(
    ["void(f4[:,:], f4[:,:], f4[:,:])", "(f8[:,:],f8[:,:],f8[:,:])"], "(m,n),(n,p)->(m,p)"
)
def matmul(a, b, c):
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            c[i, j] = 0
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]


@cuda.guvectorize(["void(f8[:], f8, f8[:], f8[:])"], "(n),()->(n),()")
def scale_and_sum(x, factor, scaled, total):
    total[0] = 0
    for i in range(x.shape[0]):
        scaled[i] = factor * x[i]
        total[0] += scaled[i]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loop", [(), (5,), (2, 3)])
def test_products_of_matrices(loop, dtype):
    numbers = np.random.default_rng(0)
    a, b = numbers.random((*loop, 4, 3)).astype(dtype), numbers.random((*loop, 3, 2)).astype(dtype)
    found = matmul(a, b)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, a @ b, rtol=1e-6)
    np.testing.assert_allclose(matmul(a, b.reshape(-1, 3, 2)[0]), a @ b.reshape(-1, 3, 2)[0], 1e-6)


def test_several_outputs_and_numbers():
    x = np.arange(6.0).reshape(2, 3)
    scaled, total = scale_and_sum(x, np.array([1.0, 2.0]))
    assert scaled.tolist() == [[0, 1, 2], [6, 8, 10]] and total.tolist() == [3, 24]
    assert scale_and_sum(x, 2.0)[1].tolist() == [6, 24]


def test_results_are_where_the_arguments_are_or_in_out():
    a = np.arange(12.0).reshape(2, 2, 3)
    b = a.reshape(2, 3, 2)
    on_device = matmul(cuda.to_device(a), b)
    assert isinstance(on_device, DeviceNDArray)
    assert (on_device.copy_to_host() == a @ b).all()
    out = np.zeros((2, 2, 2))
    assert matmul(a, b, out) is out is matmul(a, b, out=out)
    assert (out == a @ b).all()


SQUARE = np.zeros((2, 2))


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda: matmul(SQUARE), TypeError, r"2 positional arguments \(when .* Got 1 positional"),
        (lambda: matmul(SQUARE, SQUARE, SQUARE, out=SQUARE), ValueError, "positional and keyword"),
        (lambda: matmul(SQUARE, np.zeros((3, 2))), ValueError, r"arg #2: shape\[0\] mismatch"),
        (lambda: matmul(SQUARE, np.zeros(2)), ValueError, "arg #2: insufficient inner"),
        (lambda: matmul(np.zeros((4, 2, 2)), np.zeros((3, 2, 2))), ValueError, "#2: outer dim"),
        (lambda: matmul(SQUARE, SQUARE, np.zeros((3, 2))), ValueError, "output shape mismatch"),
        (lambda: matmul(*np.zeros((2, 0, 2, 2))), ValueError, "zero looping dimension"),
        (lambda: matmul(SQUARE > 0, SQUARE.astype("M8[s]")), TypeError, "no matching signature"),
        (lambda: cuda.guvectorize(["f8(f8[:])"], "(n)->()")(abs), TypeError, "cannot return"),
        (lambda: cuda.guvectorize(["(f8,f8[:])"], "(n)->()")(abs), ValueError, "ndim>0 for scalar"),
        (lambda: cuda.guvectorize([], "(n)->()", cache=True)(abs), TypeError, "caching"),
        (lambda: cuda.guvectorize([], "(n)->()", fast=1)(abs), TypeError, "not supported: 'fast'"),
    ],
)
def test_what_fits_no_signature_is_named(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_a_device_array_is_not_cast():
    x = cuda.to_device(np.arange(3))
    with pytest.raises(
        TypeError, match=r"int64, and does not support .astype\(\); expected float64"
    ):
        scale_and_sum(x, 2.0)
