"""What the type of an array says of its elements: on a GPU a constant, which the compiler folds."""

from numba.core import types

from crosscheck.kernels.ptx.instruction import I64, instruction


def _element_bytes(typing, array):
    def generate(context, builder, signature, arguments):
        return I64(array.dtype.bitwidth // 8)

    return types.int64(array), generate


@instruction(_element_bytes)
def element_bytes(array):
    """Return the bytes of an element in memory: 2 where it is stored in 16 bits."""
    return array.itemsize
