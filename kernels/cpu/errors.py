"""What went wrong in a kernel, as a Python exception that names where."""

import ctypes
import pickle

import numpy as np

from kernels.cpu import record
from kernels.cpu.checks import OUT_OF_BOUNDS
from kernels.cpu.program import Program
from kernels.cpu.record import Worker
from kernels.cpu.scheduler import DIVERGED


class BarrierError(RuntimeError):
    """Some threads of a block wait at a barrier that the others will never reach."""


class _ExceptionRecord(ctypes.Structure):
    """numba's record of a raised exception: its pickled class and arguments."""

    _fields_ = [("pickled", ctypes.c_void_p), ("size", ctypes.c_int32)]


def _position(worker: Worker, thread: np.ndarray) -> str:
    first = record.BLOCK_IDX
    block = tuple(int(v) for v in worker.words[first : first + 3])
    return f"thread {_thread(thread)} of block {block}"


def _thread(thread: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in thread[record.THREAD_IDX : record.THREAD_IDX + 3])


def failure(worker: Worker, kernel: str, program: Program, fibers: int) -> Exception:
    """Build the exception for a worker whose STATUS is not DONE."""
    if worker.words[record.STATUS] == DIVERGED:
        return _divergence(worker, kernel, program, fibers)
    where = _position(worker, worker.current_thread())
    exception = _ExceptionRecord.from_address(int(worker.words[record.EXCEPTION]))
    class_, arguments, _ = pickle.loads(ctypes.string_at(exception.pickled, exception.size))
    if class_ is IndexError and arguments == OUT_OF_BOUNDS:
        return _out_of_bounds(worker, kernel, program, where)
    if not arguments or isinstance(arguments[0], str) and len(arguments) == 1:
        text = arguments[0] if arguments else "raised"
        return class_(f"{kernel}: {text}, {where}")
    error = class_(*arguments)  # its own arguments; where it happened goes beside them
    error.add_note(f"{kernel}: {where}")
    return error


def _out_of_bounds(worker: Worker, kernel: str, program: Program, where: str) -> IndexError:
    words = worker.words
    name, line = program.sites[int(words[record.BAD_SITE])]
    rank = int(words[record.BAD_RANK])
    index = words[record.BAD_INDEX : record.BAD_INDEX + rank].tolist()
    for d in range(rank):
        if words[record.BAD_UNSIGNED] >> d & 1:
            index[d] %= 2**64
    shape = words[record.BAD_SHAPE : record.BAD_SHAPE + rank].tolist()
    shown = ", ".join(str(number) for number in index)
    extent = shape[0] if rank == 1 else tuple(shape)
    return IndexError(
        f"{kernel}: {name}[{shown}] is out of bounds for {extent} elements, line {line}, {where}"
    )


def _divergence(worker: Worker, kernel: str, program: Program, fibers: int) -> BarrierError:
    threads = worker.threads[:fibers]
    waiting = threads[threads[:, record.STATE] == record.WAITING]
    finished = threads[threads[:, record.STATE] == record.FINISHED]
    text = f"{kernel}: {len(waiting)} threads wait at cuda.syncthreads()"
    if program.sites:  # checked mode knows where
        lines = {program.sites[int(thread[record.SITE])][1]: thread for thread in waiting[::-1]}
        at = [f"line {line}, {_position(worker, lines[line])} for one" for line in sorted(lines)]
        text += f" in {' and '.join(at)}"
    if len(finished):
        text += (
            f", {len(finished)} threads have finished without reaching it; the first to wait is "
            f"{_position(worker, waiting[0])}, the first to have finished {_thread(finished[0])}"
        )
    return BarrierError(text)
