"""Loads and stores with a hint for a GPU's cache do what plain ones do."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def loads(x, out):
    i = cuda.grid(1)
    out[i, 0] = cuda.ldca(x, (i, 0))
    out[i, 1] = cuda.ldcg(x, (i, 1))
    out[i, 2] = cuda.ldcs(x, (i, -1))
    out[i, 3] = cuda.ldlu(x, (i, 1)) + cuda.ldcv(x, (i, 0))


@jit
def stores(x, out):
    i = cuda.grid(1)
    cuda.stcg(out, (i, 0), x[i, 0])
    cuda.stcs(out, (i, 1), x[i, 1])
    cuda.stwb(out, (i, 2), x[i, 2])
    cuda.stwt(out, (i, -1), x[i, 1] + x[i, 0])


@pytest.mark.parametrize("kernel", [loads, stores])
@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float32])
def test_hints_change_nothing(kernel, dtype):
    x = np.arange(12).reshape(4, 3).astype(dtype)
    out = np.zeros((4, 4), dtype)
    kernel[1, 4](x, out)
    np.testing.assert_array_equal(out, np.column_stack([x, x[:, 0] + x[:, 1]]))


@jit
def one_index(x, out):
    cuda.stcs(out, 1, cuda.ldcs(x, 0))


def test_an_index_for_one_dimension_and_a_value_of_another_type():
    out = np.zeros(2, np.int32)
    one_index[1, 1](np.array([2.75]), out)
    assert out.tolist() == [0, 2]


@pytest.mark.parametrize(
    "x, text",
    [
        (np.zeros((2, 2)), "cuda.ldcs: the index is .*; expected 2 integers"),
        (np.zeros(2, complex), "cuda.ldcs is given .*complex128.*; expected an array of"),
        (3, "cuda.ldcs is given int64; expected an array"),
    ],
)
def test_what_is_refused(x, text):
    with pytest.raises(Exception, match=text):
        one_index[1, 1](x, np.zeros(2))
