"""What went wrong in a kernel, as a Python exception that names where."""

import ctypes
import pickle

import numpy as np

from ..compiler.program import Program
from ..instrumentation import memcheck
from ..machine import layout
from ..machine.worker import Worker
from ..scheduler.blocks import SPINNING, STUCK


class BarrierError(RuntimeError):
    """Threads wait for others that will never come."""


class _ExceptionRecord(ctypes.Structure):
    """numba's record of a raised exception: its pickled class and arguments."""

    _fields_ = [("pickled", ctypes.c_void_p), ("size", ctypes.c_int32)]


def _position(worker: Worker, thread: np.ndarray) -> str:
    return f"thread {_thread(thread)} of block {_block(worker)}"


def _block(worker: Worker) -> tuple[int, ...]:
    first = layout.BLOCK_IDX
    return tuple(int(v) for v in worker.words[first : first + 3])


def _thread(thread: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in thread[layout.THREAD_IDX : layout.THREAD_IDX + 3])


def failure(worker: Worker, kernel: str, program: Program, fibers: int) -> Exception:
    """Build the exception for a worker whose STATUS is not DONE."""
    status = worker.words[layout.STATUS]
    if status == STUCK:
        return BarrierError(_waiting(worker, kernel, program, fibers))
    if status == SPINNING:
        text = "its threads polled memory for seconds, and nothing they wait for changed"
        return BarrierError(f"{kernel}: in block {_block(worker)} {text}")
    where = _position(worker, worker.current_thread())
    exception = _ExceptionRecord.from_address(int(worker.words[layout.EXCEPTION]))
    class_, arguments, _ = pickle.loads(ctypes.string_at(exception.pickled, exception.size))
    if class_ is IndexError and arguments == memcheck.OUT_OF_BOUNDS:
        return memcheck.failure(worker, kernel, program.sites, where)
    if not arguments or isinstance(arguments[0], str) and len(arguments) == 1:
        text = arguments[0] if arguments else "raised"
        return class_(f"{kernel}: {text}, {where}")
    error = class_(*arguments)  # its own arguments; where it happened goes beside them
    error.add_note(f"{kernel}: {where}")
    return error


def deserted(
    worker: Worker, kernel: str, program: Program, fibers: int, gone: Worker
) -> BarrierError:
    """Build the exception for a block at a barrier of the grid, when another has finished."""
    text = _waiting(worker, kernel, program, fibers)
    return BarrierError(f"{text}; block {_block(gone)} is finished")


def _waiting(worker: Worker, kernel: str, program: Program, fibers: int) -> str:
    """Tell how many threads wait where, one of each place by its number, and how many are gone."""
    threads = worker.threads[:fibers]
    lines = [f"{kernel}: in block {_block(worker)} threads wait for others that never come"]
    places: dict[tuple, list] = {}
    for number, thread in enumerate(threads):
        if thread[layout.STATE] >= layout.AT_BARRIER:
            what, where = program.sites[int(thread[layout.SITE])]
            if thread[layout.STATE] >= layout.AT_SYNCWARP:
                mask = int(thread[layout.MASK])
                inside = mask >> number % layout.WARP & 1
                what += f" with mask 0x{mask:08x}{'' if inside else ', which leaves them out'}"
            places.setdefault((what, where), []).append(thread)
    for (what, where), waiting in places.items():
        lines.append(f"{_some(waiting)} at {what}, {where}")
    finished = [thread for thread in threads if thread[layout.STATE] == layout.FINISHED]
    if finished:
        lines.append(f"{_some(finished)} finished")
    return "; ".join(lines)


def _some(threads: list[np.ndarray]) -> str:
    """Name a thread, and say how many more there are."""
    more = len(threads) - 1
    others = f" and {more} more {'are' if more > 1 else 'is'}" if more else " is"
    return f"thread {_thread(threads[0])}{others}"
