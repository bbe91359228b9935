"""Functions of numbers, such as math.exp and cuda.popc: the CPU device's own, called from Python.

So a result has the bits that it has in compiled code. Each is compiled once for the types of its
arguments, and kept on disk.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.np.numpy_support import as_dtype

from ..arguments.packing import packer
from ..arguments.types import numba_type
from ..compiler.compilation import load_or_compile
from ..compiler.target import DESCRIPTION
from ..language.sixteen_bit_floats.bfloat16 import bfloat16
from .numbers import number

_Native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)


def compiled(name: str, function: Callable) -> Callable:
    """Return a Python function that calls a function of the language with NumPy's numbers.

    It raises numba's TypingError for arguments that the function does not take.
    """

    def call(*arguments: Any) -> Any:
        given = tuple(_type_of(name, argument) for argument in arguments)
        run, pack, dtypes, is_tuple = _entry(function, given)
        outputs = [np.empty(1, dtype) for dtype in dtypes]
        run(pack((*outputs, tuple(map(_packable, arguments)))))
        results = tuple(number(output[0]) for output in outputs)
        return results if is_tuple else results[0]

    call.__name__ = call.__qualname__ = name
    return call


def _is_bfloat16(value: Any) -> bool:
    return getattr(getattr(value, "dtype", None), "name", "") == "bfloat16"


def _type_of(name: str, value: Any) -> types.Type:
    return bfloat16 if _is_bfloat16(value) else numba_type(name, value)


def _packable(value: Any) -> Any:
    return value.view(np.uint16) if _is_bfloat16(value) else value


def dtype_of(kind: types.Type) -> np.dtype:
    """Return the dtype of a type's numbers. Raises NotImplementedError where NumPy has none."""
    if kind != bfloat16:
        return as_dtype(kind)
    import ml_dtypes  # has NumPy's bfloat16: whoever has an array of them has it

    return np.dtype(ml_dtypes.bfloat16)


@cache
@global_compiler_lock
def _entry(function: Callable, given: tuple[types.Type, ...]) -> tuple:
    """Return native code for these types, what packs its arguments, and the results' dtypes."""
    context = DESCRIPTION.typing_context
    context.refresh()
    result = context.resolve_value_type(function).get_call_type(context, given, {}).return_type
    is_tuple = isinstance(result, types.BaseTuple)
    results = tuple(result) if is_tuple else (result,)

    def store_one(output, arguments):
        output[0] = function(*arguments)

    def store_two(first, second, arguments):
        first[0], second[0] = function(*arguments)

    outputs = tuple(types.Array(kind, 1, "C") for kind in results)
    kinds = (*outputs, types.Tuple(given))
    body = store_two if is_tuple else store_one
    program, address = load_or_compile(body, kinds, fiber_per_thread=True)
    if program.waits:
        text = "its threads wait for each other, which compiled code cannot do in the debugger"
        raise NotImplementedError(f"{function.__name__}: {text}")
    dtypes = [dtype_of(kind) for kind in results]
    return _Native(address), packer(kinds), dtypes, is_tuple
