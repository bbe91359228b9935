"""From a function to machine code: give it a CPU's `cuda`, find it on disk or compile it."""

import uuid
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from numba.core import config
from numba.core.compiler import CompileResult
from numba.core.dispatcher import Dispatcher
from numba.core.errors import TypingError

from kernels.cpu import cache as disk
from kernels.cpu.handover import captured
from kernels.cpu.language.lookalike import counterpart, is_ours
from kernels.cpu.program import Program, compile_alone, compile_program, device_function
from kernels.cpu.rebind import own_copy, rebind
from kernels.cpu.traits import Instrumentation


class _ModuleView(ModuleType):
    """A module as kernels see it: each attribute with a CPU's meaning."""

    def __init__(self, module: ModuleType, replace: Callable[[Any], Any]) -> None:
        super().__init__(module.__name__)
        self.__dict__["get"] = lambda name: replace(getattr(module, name))

    def __getattr__(self, name: str) -> Any:
        return self.__dict__["get"](name)


def _has_kernels_code(module: ModuleType) -> bool:
    """Say whether a kernel may take a device function of a module, or numba.cuda itself."""
    return not is_ours(module) and module.__name__ not in ("math", "numpy", "operator")


def _is_callee(value: Any) -> bool:
    """Say whether kernels can call it: ours, numba-cuda's, or a function under numba's own njit."""
    return isinstance(getattr(value, "py_func", None), FunctionType)


def _check_open(callee: Any) -> None:
    """Refuse a host's function that was compiled for declared types, as numba-cuda does."""
    if isinstance(callee, Dispatcher) and not callee._can_compile:
        text = "using cpu function on device; it was compiled for declared types"
        raise TypingError(f"Untyped global name '{callee.__name__}': {text}")


def _for_cpu(
    function: Callable, suffix: str, instrumentation: Instrumentation, flags: tuple
) -> Callable:
    """Give a kernel the look-alike `cuda` and its own copies of the device functions it calls."""
    copies: dict[int, Any] = {}

    def replace(value: Any) -> Any:
        if _is_callee(value):
            if id(value) not in copies:
                _check_open(value)
                own = own_copy(value.py_func, suffix)
                declared = getattr(value, "declared", ())
                copies[id(value)] = device_function(
                    own, instrumentation, (*flags, *_flags(value)), declared
                )
                rebind(own, replace)  # it may refer to itself
            return copies[id(value)]
        own = counterpart(captured(value))
        if own is value and isinstance(value, ModuleType) and _has_kernels_code(value):
            if id(value) not in copies:
                copies[id(value)] = _ModuleView(value, replace)
            return copies[id(value)]
        return own

    return rebind(own_copy(function, suffix), replace)


def _flags(callee: Any) -> tuple:
    """Return what a device function's own decorator asked of numba."""
    options = getattr(callee, "options", None)
    return () if options is None else options.flags


def analysed(function: Callable, argument_types: tuple, flags: tuple = ()) -> CompileResult:
    """Return what numba finds out about a function: its `signature` and `type_annotation`."""
    own = _for_cpu(function, f"_{uuid.uuid4().hex}", Instrumentation.NONE, flags)
    return compile_alone(own, argument_types, flags)


def prepare(
    function: Callable,
    argument_types: tuple,
    instrumentation: Instrumentation = Instrumentation.NONE,
    apart: bool = False,
    flags: tuple = (),
) -> tuple[Program, int]:
    """Return a kernel's program for these argument types, and its entry's address.

    `apart` gives every thread a fiber even where none ever waits. `flags` are numba's options that
    differ from program.py's.
    """
    if getattr(config, "CUDA_ENABLE_NRT", False):  # numba-cuda's way to allow arrays in kernels
        flags = (("_nrt", True), *flags)
    own = _for_cpu(function, "", instrumentation, flags)
    name = disk.key(own, argument_types, instrumentation, apart, flags)
    program = disk.find(name)
    if program is None:
        own = _for_cpu(function, f"_{name}", instrumentation, flags)
        symbol = f"{function.__name__}_{name or uuid.uuid4().hex}"
        program = compile_program(own, argument_types, symbol, instrumentation, apart, flags)
        disk.keep(name, program)
    return program, program.load()
