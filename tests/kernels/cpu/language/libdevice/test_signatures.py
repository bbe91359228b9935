"""Every function of numba.cuda.libdevice is there, with its types; each can be imported by name."""

import numpy as np
import pytest
from numba import cuda
from numba.cuda import libdevicefuncs
from numba.cuda.libdevice import mulhi

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.language import libdevice


def test_every_function_has_numba_cudas_signature():
    expected = {
        name.removeprefix("__nv_"): str(libdevicefuncs.create_signature(*declaration))
        for name, declaration in libdevicefuncs.functions.items()
    }
    ours = {
        name: str(signature)
        for table in libdevice._TABLES
        for name, (signature, _) in table.items()
    }
    assert ours == expected
    assert len(expected) > 300


@jit
def by_name(out):
    out[0] = mulhi(2**30, 12)
    out[1] = cuda.libdevice.popc(7)


def test_a_function_imported_by_name():
    out = np.zeros(2, np.int32)
    by_name[1, 1](out)
    assert out.tolist() == [3, 3]


@jit
def of_an_array(out):
    cuda.libdevice.sinf(out)


def test_a_wrong_argument_is_refused_by_name():
    with pytest.raises(Exception, match=r"libdevice.sinf is given array.*; expected float32"):
        of_an_array[1, 1](np.zeros(1))
