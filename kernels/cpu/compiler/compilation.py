"""Loads a kernel's program from disk, or compiles it."""

import uuid
from collections.abc import Callable

from numba.core import config
from numba.core.compiler import CompileResult

from ..options.tools import Instrumentation
from . import cache
from .cache_key import key
from .copies import for_cpu
from .program import Program, compile_only, compile_program


def infer_types(function: Callable, argument_types: tuple, flags: tuple = ()) -> CompileResult:
    """Return numba's result of type inference: its `signature` and `type_annotation`."""
    return compile_only(for_cpu(function, Instrumentation.NONE, flags), argument_types, flags)


def load_or_compile(
    function: Callable,
    argument_types: tuple,
    instrumentation: Instrumentation = Instrumentation.NONE,
    fiber_per_thread: bool = False,
    flags: tuple = (),
) -> tuple[Program, int]:
    """Return a kernel's program for these argument types, and the address of its entry.

    With `fiber_per_thread`, every thread has a fiber even if none ever waits. `flags` are options
    for numba, which take precedence over those in program.py.
    """
    if getattr(config, "CUDA_ENABLE_NRT", False):  # numba-cuda's setting that lets kernels allocate
        flags = (("_nrt", True), *flags)
    own = for_cpu(function, instrumentation, flags)
    name = key(own, argument_types, instrumentation, fiber_per_thread, flags)
    program = cache.load(name)
    if program is None:
        symbol = f"{function.__name__}_{name or uuid.uuid4().hex}"
        program = compile_program(
            own, argument_types, symbol, instrumentation, fiber_per_thread, flags
        )
        cache.store(name, program)
    return program, program.load()
