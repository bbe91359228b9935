"""From a function to machine code: give it a CPU's `cuda`, find it on disk or compile it."""

import uuid
from collections.abc import Callable
from typing import Any

from numba.core.dispatcher import Dispatcher

from kernels.cpu import cache as disk
from kernels.cpu.device_function import DeviceFunction
from kernels.cpu.lookalike import counterpart
from kernels.cpu.program import Program, compile_program, device_function
from kernels.cpu.rebind import rebind
from kernels.cpu.traits import Instrumentation


def _for_cpu(function: Callable, suffix: str, instrumentation: Instrumentation) -> Callable:
    """Give a kernel the look-alike `cuda` and its own copies of the device functions it calls."""
    copies: dict[int, Any] = {}
    begun: set[int] = set()

    def replace(value: Any) -> Any:
        if isinstance(value, (DeviceFunction, Dispatcher)):  # an @njit function serves as one too
            if id(value) not in copies:
                if id(value) in begun:
                    raise TypeError(f"{value.__name__} calls itself; a device function cannot")
                begun.add(id(value))
                own = rebind(value.py_func, replace, suffix)
                copies[id(value)] = device_function(own, instrumentation)
            return copies[id(value)]
        return counterpart(value)

    return rebind(function, replace, suffix)


def prepare(
    function: Callable,
    argument_types: tuple,
    instrumentation: Instrumentation = Instrumentation.NONE,
    apart: bool = False,
) -> tuple[Program, int]:
    """Return a kernel's program for these argument types, and its entry's address.

    `apart` gives every thread a fiber even where none ever waits.
    """
    own = _for_cpu(function, "", instrumentation)
    name = disk.key(own, argument_types, instrumentation, apart)
    program = disk.find(name)
    if program is None:
        own = _for_cpu(function, f"_{name}", instrumentation)
        symbol = f"{function.__name__}_{name or uuid.uuid4().hex}"
        program = compile_program(own, argument_types, symbol, instrumentation, apart)
        disk.keep(name, program)
    return program, program.load()
