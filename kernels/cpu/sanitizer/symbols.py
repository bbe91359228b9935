"""Registers the runtime's symbols, which instrumented kernels call."""

from functools import cache

import llvmlite.binding as llvm
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock

from ..compiler.compilation import load_or_compile
from .runtime import SYMBOLS


@cache
@global_compiler_lock
def install() -> None:
    """Load the runtime from disk or compile it, and register its symbols, once per process."""
    for symbol, function in SYMBOLS.items():
        argument_types = (types.int64,) * function.__code__.co_argcount
        _, address = load_or_compile(function, argument_types, fiber_per_thread=True)
        llvm.add_symbol(symbol, address)
