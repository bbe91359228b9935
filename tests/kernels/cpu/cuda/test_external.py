"""Functions of CUDA C++ and PTX can be declared, but no kernel can call them."""

import numpy as np
import pytest
from numba.core.types import float32, int32

from crosscheck.kernels.cpu import cuda


@pytest.mark.parametrize("signature", ["int32(float32[:])", int32(float32[:])])
def test_a_declaration_keeps_name_and_signature(signature):
    declared = cuda.declare_device("f", signature, link=cuda.CUSource("..."))
    assert declared.name == "f"
    assert declared.sig.args == (float32[:],) and declared.sig.return_type == int32


@pytest.mark.parametrize("signature", ["(float32[:],)", (float32[:],)])
def test_a_declaration_without_a_return_type_is_refused(signature):
    with pytest.raises(TypeError, match="f: Return type must be provided"):
        cuda.declare_device("f", signature)


def test_a_kernel_that_calls_one_cannot_be_linked():
    f = cuda.declare_device("f", "int32(int32)")

    @cuda.jit
    def kernel(out):
        out[0] = f(out[0])

    with pytest.raises(NotImplementedError, match="f of cuda.declare_device: .* nothing to link"):
        kernel[1, 1](np.zeros(1, np.int32))
