"""ldca, stwt and the other loads and stores with a hint for a GPU's caches.

On a CPU they are plain loads and stores of array[i], with numba-cuda's checks. ldcv is for memory
that other threads write: it yields to them before it loads.
"""

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...machine import context
from ..threads.waiting import yield_if
from .atomics import element_pointer


def _check(name: str, array, index) -> None:
    if not isinstance(array, types.Array) or not isinstance(
        array.dtype, (types.Integer, types.Float)
    ):
        raise TypingError(f"cuda.{name} is given {array}; expected an array of integers or floats")
    items = tuple(index) if isinstance(index, types.UniTuple) else (index,)
    if len(items) != array.ndim or not all(isinstance(item, types.Integer) for item in items):
        expected = f"{array.ndim} integers of one type"
        raise TypingError(f"cuda.{name}: the index is {index}; expected {expected}")


def _load(name: str):
    def define(typing_context, array, i):
        _check(name, array, i)

        def lower(target, builder, signature, arguments):
            pointer = element_pointer(target, builder, signature, arguments)
            if name == "ldcv":
                yield_if(builder, ir.Constant(context.I1, 1))
            return target.unpack_value(builder, array.dtype, pointer)

        return array.dtype(array, i), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


def _store(name: str):
    def define(typing_context, array, i, value):
        _check(name, array, i)

        def lower(target, builder, signature, arguments):
            pointer = element_pointer(target, builder, signature, arguments)
            target.pack_value(builder, array.dtype, arguments[2], pointer)
            return target.get_dummy_value()

        return types.void(array, i, array.dtype), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


LOADS = {name: _load(name) for name in ("ldca", "ldcg", "ldcs", "ldlu", "ldcv")}
STORES = {name: _store(name) for name in ("stcg", "stcs", "stwb", "stwt")}
