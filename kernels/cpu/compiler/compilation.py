"""From a function to machine code: give it a CPU's `cuda`, find it on disk or compile it."""

import uuid
from collections.abc import Callable

from numba.core import config
from numba.core.compiler import CompileResult

from ..options.tools import Instrumentation
from . import cache as disk
from .copies import for_cpu
from .program import Program, compile_only, compile_program


def infer_types(function: Callable, argument_types: tuple, flags: tuple = ()) -> CompileResult:
    """Return what numba finds out about a function: its `signature` and `type_annotation`."""
    return compile_only(for_cpu(function, Instrumentation.NONE, flags), argument_types, flags)


def load_or_compile(
    function: Callable,
    argument_types: tuple,
    instrumentation: Instrumentation = Instrumentation.NONE,
    fiber_per_thread: bool = False,
    flags: tuple = (),
) -> tuple[Program, int]:
    """Return a kernel's program for these argument types, and its entry's address.

    `apart` gives every thread a fiber even where none ever waits. `flags` are numba's options that
    differ from program.py's.
    """
    if getattr(config, "CUDA_ENABLE_NRT", False):  # numba-cuda's way to allow arrays in kernels
        flags = (("_nrt", True), *flags)
    own = for_cpu(function, instrumentation, flags)
    name = disk.key(own, argument_types, instrumentation, fiber_per_thread, flags)
    program = disk.load(name)
    if program is None:
        symbol = f"{function.__name__}_{name or uuid.uuid4().hex}"
        program = compile_program(
            own, argument_types, symbol, instrumentation, fiber_per_thread, flags
        )
        disk.store(name, program)
    return program, program.load()
