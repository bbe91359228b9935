"""vectorize(target="cuda"), from both decorators."""

import pickle
import subprocess
import sys
import textwrap

import numba
import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.cudadrv.devicearray import DeviceNDArray

SIGNATURES = ["int32(int32, int32)", "float32(float32, float32)", "float64(float64, float64)"]


@cuda.vectorize(SIGNATURES)
def weigh(a, b):
    return a * b + b


def test_a_pickle_takes_the_function_along():
    twice = pickle.loads(pickle.dumps(cuda.vectorize(["f8(f8)"])(lambda a: a + a)))
    assert twice(np.arange(3.0)).tolist() == [0, 2, 4]


def test_numbas_own_decorator_makes_the_same():
    # In a process of its own: whoever imports numba.cuda later in this one wants the real one.
    program = """
        import numba, numpy as np
        from crosscheck.kernels.cpu.cuda.install import install
        install()
        made = numba.vectorize(["float64(float64)"], target="cuda")(lambda a: a + 1)
        print(made(np.arange(3.0)).tolist())
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "[1.0, 2.0, 3.0]\n", done.stderr


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.float64])
def test_arguments_are_broadcast_and_keep_their_dtype(dtype):
    a, b = np.arange(6, dtype=dtype).reshape(2, 3), np.arange(3, dtype=dtype)
    found = weigh(a, b)
    assert found.dtype == dtype and (found == a * b + b).all()
    assert (weigh(a.T[::2], 2) == a.T[::2] * 2 + 2).all()


def test_results_stay_where_the_arguments_are():
    x = np.arange(4.0)
    d = cuda.to_device(x)
    found = weigh(d, x)
    assert isinstance(found, DeviceNDArray) and found.copy_to_host().tolist() == [0, 2, 6, 12]
    out = np.zeros((2, 4))[1]
    assert weigh(x, x, out=out) is out and out.tolist() == [0, 2, 6, 12]
    assert weigh(d, d, out=d) is d and d[3] == 12


def test_another_librarys_arrays_give_device_arrays():
    d = cuda.to_device(np.arange(4.0))

    class Foreign:
        __cuda_array_interface__ = d.__cuda_array_interface__

    for found in (weigh(Foreign(), 1.0), weigh(d, 1.0, out=Foreign())):
        assert isinstance(found, DeviceNDArray) and found.copy_to_host().tolist() == [1, 2, 3, 4]
    assert d[0] == 1


def test_numbers_alone():
    assert weigh(1.5, 2.0) == 5


def test_reduce():
    add = cuda.vectorize(SIGNATURES)(lambda a, b: a + b)
    for size in (1, 2, 3000):
        x = np.arange(size, dtype=np.int32)
        assert add.reduce(x) == add.reduce(cuda.to_device(x)) == x.sum()
    with pytest.raises(TypeError, match="Reduction on an empty array"):
        add.reduce(np.zeros(0, np.int32))


def test_without_a_declared_result_its_type_is_inferred():
    made = cuda.vectorize([(numba.int32, numba.float64)])(lambda a, b: a * b)
    assert made(np.ones(2, np.int32), np.ones(2)).dtype == np.float64


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda: weigh(np.zeros(2, np.int8), 1), TypeError, r"weigh\(int8, .*No matching version"),
        (lambda: weigh(1j, 1.0), TypeError, "ambiguous signature"),
        (lambda: weigh(np.zeros(2), np.zeros(3)), ValueError, "failed to broadcast"),
        (lambda: weigh(np.zeros(2), 1, out=np.zeros(3)), ValueError, "out is float64 of shape"),
        (lambda: cuda.vectorize(["f8(f8)"], cache=True)(abs), TypeError, "caching"),
        (lambda: cuda.vectorize(["f8(f8)"], fast=True)(abs), KeyError, "option: 'fast'"),
        (lambda: cuda.vectorize(["f8(f8)"], target="cpu"), ValueError, "Unsupported target: cpu"),
    ],
)
def test_what_fits_no_signature_is_named(act, error, message):
    with pytest.raises(error, match=message):
        act()
