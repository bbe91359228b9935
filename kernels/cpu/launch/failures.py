"""Exceptions for what goes wrong in a kernel. Each names the thread and the block."""

import ctypes
import pickle
import signal
from functools import lru_cache

import numpy as np

from ..compiler.program import Program
from ..instrumentation import memcheck
from ..instrumentation.deadlock import BarrierError, deadlock, spinning, waited_for
from ..machine import layout
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.worker import Worker
from ..scheduler.blocks import SPINNING, STUCK
from ..scheduler.rescue import CRASHED


class KernelFault(RuntimeError):
    """A thread accessed memory that does not exist, or did what the processor refuses.

    The launch was left as it was. What it wrote before may have damaged other data of the process.
    """


_BLOCK_BARRIERS = layout.AT_BARRIER, layout.AT_VOTE


class _ExceptionRecord(ctypes.Structure):
    """numba's record of a raised exception: its pickled class and arguments."""

    _fields_ = [("pickled", ctypes.c_void_p), ("size", ctypes.c_int32)]


_FAULTS = {
    signal.SIGSEGV: "segmentation fault",
    signal.SIGBUS: "bus error",
    signal.SIGFPE: "arithmetic error",
    signal.SIGILL: "illegal instruction",
}
_ADVICE = (
    "run it with --sanitize, or in modes.using(sanitize=True): "
    "the sanitizer names array, index, line and thread"
)


def launch_error(
    worker: Worker, kernel: str, program: Program, configuration: LaunchConfiguration
) -> Exception:
    """Return the exception for a worker whose STATUS is not DONE."""
    status = worker.words[layout.STATUS]
    if status == CRASHED:
        return _fault(worker, kernel, program, configuration)
    if status == STUCK:
        return _deadlock(worker, kernel, program, configuration)
    if status == SPINNING:
        return spinning(kernel, _block(worker))
    where = f"thread {_thread(worker.current_thread())} of block {_block(worker)}"
    exception = _ExceptionRecord.from_address(int(worker.words[layout.EXCEPTION]))
    class_, arguments, _ = pickle.loads(ctypes.string_at(exception.pickled, exception.size))
    if class_ is IndexError and arguments == memcheck.OUT_OF_BOUNDS:
        return memcheck.bounds_error(worker, kernel, program.sites, where)
    if class_ is IndexError and arguments == (memcheck.OUTSIDE,):
        return memcheck.address_error(worker, kernel, program.sites, where)
    if not arguments or isinstance(arguments[0], str) and len(arguments) == 1:
        text = arguments[0] if arguments else "raised"
        return class_(f"{kernel}: {text}, {where}")
    error = class_(*arguments)  # its arguments stay as they are: the place goes into a note
    error.add_note(f"{kernel}: {where}")
    return error


def grid_barrier_deadlock(
    worker: Worker,
    kernel: str,
    program: Program,
    configuration: LaunchConfiguration,
    finished: Worker,
) -> BarrierError:
    """Return the exception for a block at a barrier of the grid, where another has finished."""
    end = f"; block {_block(finished)} has finished"
    return _deadlock(worker, kernel, program, configuration, end)


@lru_cache
def last_words(kernel: str, configuration: LaunchConfiguration) -> bytes:
    """Return what is written where the process dies of a fault: in a function that holds a lock."""
    what = "a thread crashed in a function of the C library, and the process with it"
    return f"\n{kernel}: {what}, {_launch(configuration)}; {_ADVICE}\n".encode()


def _fault(
    worker: Worker, kernel: str, program: Program, configuration: LaunchConfiguration
) -> KernelFault:
    """Return the exception for a fault.

    Which thread it was only a kernel with a fiber per thread knows: the loop over the threads of
    any other keeps their numbers in registers.
    """
    what = _FAULTS[int(worker.words[layout.FAULT_SIGNAL])]
    address = int(worker.words[layout.FAULT_ADDRESS])
    what += f" at address {address & (1 << 64) - 1:#x}" if address else ""
    if program.fiber_per_thread:
        what += f", thread {_thread(worker.current_thread())} of block {_block(worker)}"
    text = f"{kernel}: {what}, {_launch(configuration)}; other data may be damaged"
    return KernelFault(f"{text}; {_ADVICE}")


def _launch(configuration: LaunchConfiguration) -> str:
    return f"in a launch of grid {configuration.grid}, block {configuration.block}"


def _deadlock(
    worker: Worker,
    kernel: str,
    program: Program,
    configuration: LaunchConfiguration,
    end: str = "",
) -> BarrierError:
    """Return the exception that says where threads wait; `end` follows what it says."""
    threads = worker.threads[: configuration.threads]
    places: dict[tuple, list] = {}
    for number, thread in enumerate(threads):
        if thread[layout.STATE] >= layout.AT_BARRIER:
            name, place = program.sites[int(thread[layout.SITE])]
            if thread[layout.STATE] >= layout.AT_SYNCWARP:
                name += waited_for(int(thread[layout.MASK]), number % layout.WARP_SIZE)
            places.setdefault((name, place), []).append(_thread(thread))
    finished = [_thread(each) for each in threads if each[layout.STATE] == layout.FINISHED]
    states = {int(thread[layout.STATE]) for thread in threads}
    early = any(states == {layout.FINISHED, state} for state in _BLOCK_BARRIERS)
    return deadlock(kernel, _block(worker), places, finished, early_return=early, end=end)


def _block(worker: Worker) -> tuple[int, ...]:
    return tuple(int(v) for v in worker.words[layout.BLOCK_IDX : layout.BLOCK_IDX + 3])


def _thread(thread: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in thread[layout.THREAD_IDX : layout.THREAD_IDX + 3])
