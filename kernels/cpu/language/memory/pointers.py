"""The memory at a pointer, or at an address, as an array.

    carray(pointer, shape)             numba's, and farray
    array_at(dtype, address, count)    the `count` elements from an address on, an integer; an array
                                       stands for the dtype of its elements

numba's own carray and farray return an array from a function, which needs reference counts.
"""

from collections.abc import Callable

from numba import carray, farray
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.np.arrayobj import get_cfarray_intrinsic, make_array, populate_array

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


@intrinsic
def array_at(typing_context, dtype, address, count):
    """Return an array over memory that the caller keeps alive."""
    if not isinstance(dtype, (types.NumberClass, types.Array)):
        raise TypingError(f"array_at is given {dtype}; expected a class of numbers, or an array")
    kind = types.Array(dtype.dtype, 1, "C")

    def lower(target, builder, signature, arguments):
        _, address, count = arguments
        made = make_array(kind)(target, builder)
        size = target.get_constant(types.intp, target.get_abi_sizeof(made.data.type.pointee))
        data = builder.inttoptr(address, made.data.type)
        populate_array(made, data, [count], [size], size, cgutils.get_null_value(made.meminfo.type))
        return made._getvalue()

    return kind(dtype, types.int64, types.int64), lower
