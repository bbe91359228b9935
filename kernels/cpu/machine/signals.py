"""Installs the handler of the signals that concern a running kernel, and sends one of them.

Faults are those of the processor. A poke asks a thread that runs a kernel to let Python's signal
handlers run, or to leave its block (scheduler/rescue.py).
"""

import ctypes
import os
import platform
import signal
from functools import cache

from . import process_record
from .signal_handler import compile_handler

# Ignored by default, and used for nothing else: the Go runtime preempts with it for that reason.
POKE = signal.SIGURG
FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)

_libc = ctypes.CDLL(None)
_libc.syscall.argtypes = [ctypes.c_long] * 4
_TGKILL = 234  # x86-64
_SA_SIGINFO, _SA_ONSTACK, _SA_RESTART, _SA_NODEFER = 4, 0x08000000, 0x10000000, 0x40000000


class _Action(ctypes.Structure):
    """The C library's struct sigaction."""

    _fields_ = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_uint8 * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    ]


_previous = (_Action * signal.NSIG)()  # by signal: what was installed before
_default = _Action()  # SIG_DFL is 0


@cache
def _handler(decide: int) -> int:
    process_record.add_mathematics()
    return compile_handler(decide, _previous, _default)


def install(decide: int) -> None:
    """Install the handler, which asks the function at address `decide`; again, if it was replaced.

    A handler that is installed later, as by faulthandler.enable(), comes first until then.
    """
    if platform.machine() != "x86_64":
        return
    handler = _handler(decide)
    for number in (*FAULTS, POKE):
        current = _Action()
        _libc.sigaction(number, None, ctypes.byref(current))
        if current.handler == handler:
            continue
        _previous[number] = current
        # Where the thread has another stack for signals, a fault is handled there. A poke may come
        # while one is being served, and would overwrite that one's frame there.
        own = _SA_RESTART | _SA_NODEFER if number == POKE else _SA_ONSTACK
        action = _Action(handler=handler, flags=_SA_SIGINFO | own)
        _libc.sigaction(number, ctypes.byref(action), None)


def poke(thread: int) -> None:
    """Poke a thread of this process, by its native number; does nothing where it has ended."""
    _libc.syscall(_TGKILL, os.getpid(), thread, int(POKE))


def raise_again(type_: int, value: int, traceback: int) -> None:
    """Raise the exception that the interpreter handed out as these three references."""
    ctypes.pythonapi.PyErr_Restore(*map(ctypes.c_void_p, (type_, value, traceback)))
