"""Compiles a kernel for the CPU: numba makes the body, entry.py the way in, LLVM joins them."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import llvmlite.binding as llvm
import numpy as np
from numba.core import types
from numba.core.compiler import Compiler, CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.errors import NumbaWarning, TypingError
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys

from ..functions import traits
from ..functions.traits import Site
from ..instrumentation.compiler_pass import InstrumentedCompiler
from ..machine import fibers
from ..machine.layout import MAX_LOCAL
from ..options.tools import Instrumentation
from .entry import entry_module
from .target import jit

_OPTIONS = {
    "error_model": "numpy",  # no exception from a division, as on a GPU
    "_nrt": False,  # kernels allocate nothing: no reference counts in the code (compilation.py)
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


@dataclass(frozen=True)
class Program:
    """Machine code and what the launcher must know of it."""

    name: str
    library: tuple  # numba's serialised library: object code
    fiber_per_thread: (
        bool  # a fiber a thread; otherwise one that loops over the threads of the block
    )
    cooperative: bool  # has a barrier of the whole grid
    static_shared: int
    shared_granule: int
    fences: bool
    prints: bool
    warnings: tuple[str, ...]
    allocates: bool  # may make arrays: code for numba's runtime, which counts who refers to them
    sites: dict[int, Site]
    captured: tuple[np.ndarray, ...]  # what it knows by address; such a program is not kept on disk

    @global_compiler_lock  # several threads may launch for the first time at once
    def load(self) -> int:
        """Put the code into memory, once per process; return the entry's address."""
        for text in self.warnings:
            warnings.warn(NumbaWarning(text), stacklevel=2)
        fibers.install()
        if self.allocates:
            rtsys.initialize(cpu_target.target_context)
        library = cpu_target.target_context.codegen().unserialize_library(self.library)
        _alive.append(library)
        return library.get_pointer_to_function(self.name)


_alive: list = []  # libraries whose code may still be running


@global_compiler_lock
def compile_program(
    function: Callable,
    argument_types: tuple[types.Type, ...],
    name: str,
    instrumentation: Instrumentation,
    fiber_per_thread: bool,
    flags: tuple = (),
) -> Program:
    """Compile `function`, whose globals are already a CPU's, for these argument types.

    `name` becomes the entry's symbol and must be unique in the process. `apart` gives every thread
    a fiber even where none ever waits. `flags` are numba's options, over those every program has.
    Raises numba's TypingError and the like for code that numba cannot compile.
    """
    fibers.install()
    with traits.collecting(instrumentation) as found:
        dispatcher = kernel_dispatcher(function, instrumentation, flags)
        dispatcher.compile(argument_types)
        compiled = dispatcher.overloads[argument_types]
        found = found.merged()
        if compiled.signature.return_type not in (types.none, types.void):
            result = compiled.signature.return_type
            raise TypeError(f"{function.__name__} returns {result}; a kernel returns nothing")
        if found.local > MAX_LOCAL:
            text = f"local arrays are {found.local} bytes a thread; expected at most {MAX_LOCAL}"
            raise TypingError(f"{function.__name__}: {text}")
        fiber_per_thread = fiber_per_thread or found.switches
        places, static_shared = _shared_offsets(found.shared)
        module = _link(compiled, entry_module(compiled, name, fiber_per_thread, places), name)
    library = cpu_target.target_context.codegen().create_library(name)
    library.enable_object_caching()
    library.add_llvm_module(module)
    library.finalize()
    library.get_pointer_to_function(name)  # generates the object code
    return Program(
        name,
        library.serialize_using_object_code(),
        fiber_per_thread,
        found.cooperative,
        static_shared,
        found.shared_granule,
        found.fences,
        found.prints,
        tuple(found.warnings),
        dict(flags).get("_nrt", False),
        found.sites,
        tuple(found.captured),
    )


def _shared_offsets(arrays: list[traits.Shared]) -> tuple[dict[str, int], int]:
    """Give each static shared array its own place; return these, and the end of the last."""
    places, end = {}, 0
    for array in arrays:
        places[array.symbol] = -(-end // array.alignment) * array.alignment
        end = places[array.symbol] + array.size
    return places, end


def kernel_dispatcher(
    function: Callable,
    instrumentation: Instrumentation,
    flags: tuple = (),
    declared: tuple = (),
):
    """Return a numba dispatcher for a function that kernels call.

    With signatures it is compiled for these alone, and arguments are cast to them.
    """
    pipeline = InstrumentedCompiler if instrumentation else Compiler
    dispatcher = jit(pipeline_class=pipeline, **(_OPTIONS | dict(flags)))(function)
    dispatcher.declared = declared
    dispatcher.compiler = partial(kernel_dispatcher, instrumentation=instrumentation, flags=flags)
    return dispatcher


@global_compiler_lock
def compile_only(
    function: Callable, argument_types: tuple[types.Type, ...], flags: tuple = ()
) -> CompileResult:
    """Compile a function alone, to ask numba what it found out about its types."""
    with traits.collecting(Instrumentation.NONE):
        dispatcher = kernel_dispatcher(function, Instrumentation.NONE, flags)
        dispatcher.compile(argument_types)
    return dispatcher.overloads[argument_types]


def _link(compiled, entry: str, name: str) -> llvm.ModuleRef:
    """Join the entry with the body, and hide every other symbol.

    A hidden symbol can be inlined and dropped; and two programs in one process cannot meet: numba
    numbers its symbols per process, so those of a program from the disk may repeat.
    """
    module = llvm.parse_assembly(entry)
    module.link_in(compiled.library._get_module_for_linking(), preserve=True)
    python = [f.name for f in module.functions if f.is_declaration and f.name.startswith("Py")]
    if python:  # it would need the interpreter, whose lock no launch holds
        raise TypeError(f"{compiled.fndesc.qualname} calls Python ({python[0]}); kernels cannot")
    for symbol in [*module.functions, *module.global_variables]:
        if symbol.name != name and not symbol.is_declaration:
            symbol.linkage = llvm.Linkage.internal
    module.name = name
    module.verify()
    return module
