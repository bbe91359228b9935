"""carray and farray: the memory at a pointer as an array.

numba's own versions return an array from a function, which needs reference counts.
"""

from collections.abc import Callable

from numba import carray, farray
from numba.np.arrayobj import get_cfarray_intrinsic

from ...lowering.definitions import define


def _define(function: Callable, layout: str) -> None:
    def of_pointer(typing_context, ptr, shape):
        return get_cfarray_intrinsic(layout, None)._defn(typing_context, ptr, shape)

    def of_pointer_and_dtype(typing_context, ptr, shape, dtype):
        intrinsic = get_cfarray_intrinsic(layout, dtype)
        signature, lower = intrinsic._defn(typing_context, ptr, shape)
        return signature.return_type(ptr, shape, dtype), lower

    define(function, of_pointer)
    define(function, of_pointer_and_dtype)


_define(carray, "C")
_define(farray, "F")
