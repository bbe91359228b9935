"""The parts of the device that are compiled like kernels: the scheduler, and its signal handler."""

import ctypes
from collections.abc import Callable
from functools import cache

from numba.core import types
from numba.core.compiler_lock import global_compiler_lock

from ..arguments.packing import packer
from ..compiler.compilation import load_or_compile
from ..machine import signals
from ..scheduler.rescue import on_signal

_Native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)  # releases the GIL while it runs


@cache
@global_compiler_lock
def scheduler_entry(step: Callable) -> tuple[Callable, Callable[[tuple], bytes]]:
    """Return a function of the scheduler as native code, and what packs its arguments."""
    argument_types = (types.int64,) * step.__code__.co_argcount
    _, address = load_or_compile(step, argument_types)
    return _Native(address), packer(argument_types)


def install_signal_handler() -> None:
    """Let faults and interrupts in kernels be exceptions (scheduler/rescue.py).

    Called for every new overload: another handler may have been installed since the last.
    """
    signals.install(_signal_handler())


@cache
@global_compiler_lock
def _signal_handler() -> int:
    argument_types = (types.int64,) * on_signal.__code__.co_argcount
    return load_or_compile(on_signal, argument_types, fiber_per_thread=True)[1]
