"""Exceptions for what goes wrong in a kernel. Each names the thread and the block."""

import ctypes
import pickle
import signal
from functools import lru_cache

import numpy as np

from ..compiler.program import Program
from ..instrumentation import memcheck
from ..instrumentation.finding import Finding, FoundError
from ..machine import layout
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.worker import Worker
from ..options.tools import SYNCCHECK
from ..scheduler.blocks import SPINNING, STUCK
from ..scheduler.rescue import CRASHED

_EARLY_RETURN = (
    "It works on Volta and later, where a barrier does not wait for threads that have returned. "
    "CUDA does not promise that: either all threads of a block reach a barrier, or none. Put what "
    "the other threads do into the if, and the barrier behind it"
)


class BarrierError(FoundError, RuntimeError):
    """Threads wait for others that will never come."""


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
        text = "its threads polled memory for seconds, and nothing they wait for changed"
        return _barrier_error(kernel, f"in block {_block(worker)} {text}", ())
    where = f"thread {_thread(worker.current_thread())} of block {_block(worker)}"
    exception = _ExceptionRecord.from_address(int(worker.words[layout.EXCEPTION]))
    class_, arguments, _ = pickle.loads(ctypes.string_at(exception.pickled, exception.size))
    if class_ is IndexError and arguments == memcheck.OUT_OF_BOUNDS:
        return memcheck.bounds_error(worker, kernel, program.sites, where)
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


def _barrier_error(kernel: str, text: str, places: tuple[str, ...]) -> BarrierError:
    return BarrierError(f"{kernel}: {text}").of(Finding(kernel, SYNCCHECK, text, places))


def _deadlock(
    worker: Worker,
    kernel: str,
    program: Program,
    configuration: LaunchConfiguration,
    end: str = "",
) -> BarrierError:
    """Say in which places threads of the block wait, how many wait there, and who finished."""
    threads = worker.threads[: configuration.threads]
    lines = [f"in block {_block(worker)} threads wait for others that never come"]
    places: dict[tuple, list] = {}
    for number, thread in enumerate(threads):
        if thread[layout.STATE] >= layout.AT_BARRIER:
            name, place = program.sites[int(thread[layout.SITE])]
            if thread[layout.STATE] >= layout.AT_SYNCWARP:
                mask = int(thread[layout.MASK])
                is_inside = mask >> number % layout.WARP_SIZE & 1
                name += f" with mask 0x{mask:08x}"
                name += "" if is_inside else ", which leaves them out"
            places.setdefault((name, place), []).append(thread)
    for (name, place), waiting in places.items():
        lines.append(f"{_some(waiting, 'waits', 'wait')} at {name}, {place}")
    finished = [thread for thread in threads if thread[layout.STATE] == layout.FINISHED]
    if finished:
        lines.append(f"{_some(finished, 'has', 'have')} finished")
    text = "; ".join(lines) + end
    states = {int(thread[layout.STATE]) for thread in threads}
    if len(places) == 1 and states in ({layout.FINISHED, state} for state in _BLOCK_BARRIERS):
        text += f". {_EARLY_RETURN}"
    return _barrier_error(kernel, text, tuple(item for place in places for item in place))


def _some(threads: list[np.ndarray], does: str, do: str) -> str:
    """Return "thread (0, 0, 0) waits" or "thread (0, 0, 0) and 4 more wait"."""
    first, others = f"thread {_thread(threads[0])}", len(threads) - 1
    return f"{first} and {others} more {do}" if others else f"{first} {does}"


def _block(worker: Worker) -> tuple[int, ...]:
    return tuple(int(v) for v in worker.words[layout.BLOCK_IDX : layout.BLOCK_IDX + 3])


def _thread(thread: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in thread[layout.THREAD_IDX : layout.THREAD_IDX + 3])
