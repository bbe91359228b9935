"""Exceptions for what goes wrong in a kernel. Each names the thread and the block."""

import ctypes
import pickle

import numpy as np

from ..compiler.program import Program
from ..instrumentation import memcheck
from ..instrumentation.deadlock import BarrierError, deadlock, masked, spinning
from ..machine import layout
from ..machine.worker import Worker
from ..scheduler.blocks import SPINNING, STUCK


class _ExceptionRecord(ctypes.Structure):
    """numba's record of a raised exception: its pickled class and arguments."""

    _fields_ = [("pickled", ctypes.c_void_p), ("size", ctypes.c_int32)]


def launch_error(worker: Worker, kernel: str, program: Program, fibers: int) -> Exception:
    """Return the exception for a worker whose STATUS is not DONE."""
    status = worker.words[layout.STATUS]
    if status == STUCK:
        return BarrierError(_deadlock(worker, kernel, program, fibers))
    if status == SPINNING:
        return BarrierError(spinning(kernel, _block(worker)))
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
    worker: Worker, kernel: str, program: Program, fibers: int, finished: Worker
) -> BarrierError:
    """Return the exception for a block at a barrier of the grid, where another has finished."""
    text = _deadlock(worker, kernel, program, fibers)
    return BarrierError(f"{text}; block {_block(finished)} has finished")


def _deadlock(worker: Worker, kernel: str, program: Program, fibers: int) -> str:
    """Return each place where threads of the block wait, how many wait there, and who finished."""
    threads = worker.threads[:fibers]
    places: dict[tuple, list] = {}
    for number, thread in enumerate(threads):
        if thread[layout.STATE] >= layout.AT_BARRIER:
            name, place = program.sites[int(thread[layout.SITE])]
            if thread[layout.STATE] >= layout.AT_SYNCWARP:
                name += masked(int(thread[layout.MASK]), number % layout.WARP_SIZE)
            places.setdefault((name, place), []).append(_thread(thread))
    finished = [_thread(each) for each in threads if each[layout.STATE] == layout.FINISHED]
    return deadlock(kernel, _block(worker), places, finished)


def _block(worker: Worker) -> tuple[int, ...]:
    return tuple(int(v) for v in worker.words[layout.BLOCK_IDX : layout.BLOCK_IDX + 3])


def _thread(thread: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in thread[layout.THREAD_IDX : layout.THREAD_IDX + 3])
