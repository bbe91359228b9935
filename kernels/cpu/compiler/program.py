"""Compiles a kernel: numba compiles the body, entry.py makes the entry, LLVM links the two."""

import contextlib
import gc
import warnings
from collections.abc import Callable, Iterator
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
from ..machine import fibers, process_record
from ..machine.layout import MAX_LOCAL
from ..options.tools import Instrumentation
from . import object_code
from .entry import entry_module
from .target import kernel_jit

_OPTIONS = {
    "error_model": "numpy",  # no exception from a division, as on a GPU
    "_nrt": False,  # kernels do not allocate, so there are no reference counts (compilation.py)
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


@dataclass(frozen=True)
class Program:
    """Machine code, and what a launch must know about it."""

    name: str
    library: tuple  # numba's serialised library: object code
    text: object_code.Text
    holds_locks: bool  # while it calls a function of the C library
    waits: bool  # a thread may wait for others
    fiber_per_thread: bool  # otherwise a block has one fiber, which loops over its threads
    cooperative: bool  # has a barrier of the whole grid
    static_shared: int  # bytes
    shared_granule: int  # racecheck's unit of memory in the shared arrays, 0 where there is none
    fences: bool
    prints: bool
    warnings: tuple[str, ...]
    allocates: bool  # may allocate arrays, which numba's runtime counts the references to
    sites: dict[int, Site]
    captured: tuple[np.ndarray, ...]  # arrays whose addresses it holds: it is not kept on disk

    @global_compiler_lock  # several threads may launch for the first time at once
    def load(self) -> int:
        """Load the code into memory, once per process; return the address of the entry."""
        for text in self.warnings:
            warnings.warn(NumbaWarning(text), stacklevel=2)
        fibers.install()
        if self.allocates:
            rtsys.initialize(cpu_target.target_context)
        library = cpu_target.target_context.codegen().unserialize_library(self.library)
        _alive.append(library)
        address = library.get_pointer_to_function(self.name)
        process_record.add_code(*self.text.range_at(address))
        return address


_alive: list = []  # libraries, whose code may still be running


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Let no garbage be collected meanwhile: an eighth of a compilation, and it frees nothing.

    numba makes hundreds of thousands of objects for a kernel, and needs nearly all of them to the
    end.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@global_compiler_lock
@_no_collection()
def compile_program(
    function: Callable,
    argument_types: tuple[types.Type, ...],
    name: str,
    instrumentation: Instrumentation,
    fiber_per_thread: bool,
    flags: tuple = (),
) -> Program:
    """Compile a copy that `for_cpu` made, for these argument types.

    `name` becomes the entry's symbol and must be unique in the process. With `fiber_per_thread`,
    every thread has a fiber even if none ever waits. `flags` are options for numba, which take
    precedence over _OPTIONS. Raises numba's TypingError and the like for what it cannot compile.
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
        offsets, static_shared = _shared_offsets(found.shared)
        module = _link(compiled, entry_module(compiled, name, fiber_per_thread, offsets), name)
    library = cpu_target.target_context.codegen().create_library(name)
    library.enable_object_caching()
    library.add_llvm_module(module)
    library.finalize()
    library.get_pointer_to_function(name)  # generates the object code
    serialized = library.serialize_using_object_code()
    return Program(
        name,
        serialized,
        *object_code.read(serialized[2][0], name),
        found.switches,
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
    """Return the offset of each static shared array by its symbol, and the end of the last."""
    offsets, end = {}, 0
    for array in arrays:
        offsets[array.symbol] = -(-end // array.alignment) * array.alignment
        end = offsets[array.symbol] + array.size
    return offsets, end


def kernel_dispatcher(
    function: Callable,
    instrumentation: Instrumentation,
    flags: tuple = (),
    declared: tuple = (),
):
    """Return the numba dispatcher of a kernel's copy, or of a device function's.

    With declared signatures it is compiled for these alone, and arguments are cast to them.
    """
    pipeline = InstrumentedCompiler if instrumentation else Compiler
    dispatcher = kernel_jit(pipeline_class=pipeline, **(_OPTIONS | dict(flags)))(function)
    dispatcher.declared = declared
    dispatcher.make_dispatcher = partial(
        kernel_dispatcher, instrumentation=instrumentation, flags=flags
    )
    return dispatcher


@global_compiler_lock
def compile_only(
    function: Callable, argument_types: tuple[types.Type, ...], flags: tuple = ()
) -> CompileResult:
    """Compile a function without linking it, for numba's result of type inference."""
    with traits.collecting(Instrumentation.NONE):
        dispatcher = kernel_dispatcher(function, Instrumentation.NONE, flags)
        dispatcher.compile(argument_types)
    return dispatcher.overloads[argument_types]


def _link(compiled, entry: str, name: str) -> llvm.ModuleRef:
    """Link the entry with the body, and make every other symbol internal.

    An internal symbol can be inlined and dropped. Nor can it clash with another program's: numba
    numbers its symbols per process, so a program from disk may repeat some.
    """
    module = llvm.parse_assembly(entry)
    module.link_in(compiled.library._get_module_for_linking(), preserve=True)
    python = [f.name for f in module.functions if f.is_declaration and f.name.startswith("Py")]
    if python:  # they need the interpreter's lock, which no launch holds
        raise TypeError(f"{compiled.fndesc.qualname} calls Python ({python[0]}); kernels cannot")
    for symbol in [*module.functions, *module.global_variables]:
        if symbol.name != name and not symbol.is_declaration:
            symbol.linkage = llvm.Linkage.internal
    module.name = name
    module.verify()
    return module
