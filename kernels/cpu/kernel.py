"""`jit`: numba.cuda.jit's counterpart for the CPU device.

    @jit
    def scale(x, y): ...           # plain numba.cuda Python

    scale[blocks, threads](x, y)   # NumPy arrays; returns when done

The first launch with arguments of new types finds the program on disk or compiles it; every launch
packs its arguments, and lets the workers of pool.py run the blocks.
"""

import ctypes
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock

from kernels.cpu import cache as disk
from kernels.cpu import pool, record
from kernels.cpu.arguments import numba_type, packer, type_key
from kernels.cpu.errors import failure
from kernels.cpu.geometry import Geometry
from kernels.cpu.lookalike import cuda
from kernels.cpu.program import Program, compile_program, device_function
from kernels.cpu.rebind import rebind
from kernels.cpu.record import Worker
from kernels.cpu.scheduler import DONE, run_blocks

_Native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)  # releases the GIL while it runs


class DeviceFunction:
    """A function that kernels call; compiled with each kernel that does."""

    def __init__(self, py_func: Callable) -> None:
        self.py_func = py_func
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__

    def __call__(self, *arguments):
        raise TypeError(f"{self.__name__} is a device function: call it from a kernel")


def _for_cpu(function: Callable, suffix: str, checked: bool) -> Callable:
    """Give a kernel the look-alike `cuda` and its own copies of the device functions it calls."""
    copies: dict[int, Any] = {}
    begun: set[int] = set()

    def replace(value: Any) -> Any:
        if getattr(value, "__name__", "") in ("numba.cuda", "numba_cuda.numba.cuda"):
            return cuda
        if isinstance(value, DeviceFunction):
            if id(value) not in copies:
                if id(value) in begun:
                    raise TypeError(f"{value.__name__} calls itself; a device function cannot")
                begun.add(id(value))
                own = rebind(value.py_func, replace, suffix)
                copies[id(value)] = device_function(own, checked)
            return copies[id(value)]
        return value

    return rebind(function, replace, suffix)


@dataclass(frozen=True)
class _Ready:
    """A program in memory."""

    program: Program
    address: int
    pack: Callable[[tuple], bytes]


def _prepare(function: Callable, argument_types: tuple, checked: bool) -> _Ready:
    """Find the program in memory's stead on disk, or compile it."""
    name = disk.key(_for_cpu(function, "", checked), argument_types, checked)
    program = disk.find(name)
    if program is None:
        own = _for_cpu(function, f"_{name}", checked)
        symbol = f"{function.__name__}_{name or uuid.uuid4().hex}"
        program = compile_program(own, argument_types, symbol, checked)
        disk.keep(name, program)
    return _Ready(program, program.load(), packer(argument_types))


@global_compiler_lock
@cache
def _scheduler() -> tuple[Callable, Callable[[tuple], bytes]]:
    ready = _prepare(run_blocks, (types.int64,) * 7, False)
    return _Native(ready.address), ready.pack


class Kernel:
    """A kernel for the CPU device. `kernel[grid, block, stream, shared_bytes](*arguments)`.

    `stream` is accepted and means nothing: a launch returns when all its blocks are done. In
    checked mode every access is tested: IndexError names the kernel, the array, the index and the
    thread, and shared and local memory start as NaN. In both modes a barrier that some threads of a
    block never reach raises BarrierError.
    """

    def __init__(self, py_func: Callable, checked: bool = False) -> None:
        self.py_func, self.checked = py_func, checked
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self.full_name = f"{py_func.__module__}.{py_func.__qualname__}"
        self._ready: dict[tuple, _Ready] = {}
        self._lock = threading.Lock()

    def __getitem__(self, configuration: tuple) -> Callable[..., None]:
        geometry = Geometry.of(self.__name__, configuration)
        return lambda *arguments: self._launch(geometry, arguments)

    def specialise(self, *arguments: Any) -> _Ready:
        """Return the machine code for arguments of these types, compiling it if need be."""
        key = tuple(type_key(value) for value in arguments)
        if key in self._ready:
            return self._ready[key]
        with self._lock:
            if key not in self._ready:
                wanted = self.py_func.__code__.co_argcount
                if len(arguments) != wanted:
                    given = len(arguments)
                    raise TypeError(f"{self.__name__} takes {wanted} arguments; {given} were given")
                argument_types = tuple(
                    numba_type(self.__name__, number, value)
                    for number, value in enumerate(arguments)
                )
                self._ready[key] = _prepare(self.py_func, argument_types, self.checked)
            return self._ready[key]

    def _launch(self, geometry: Geometry, arguments: tuple) -> None:
        ready = self.specialise(*arguments)
        program = ready.program
        geometry.check_shared(self.__name__, program.static_shared)
        packed = ready.pack(arguments)
        slots = ctypes.cast(packed, ctypes.c_void_p).value
        counter = np.zeros(1, np.int64)
        fibers = geometry.threads if program.barrier else 1
        dynamic = -(-program.static_shared // record.SHARED_ALIGNMENT) * record.SHARED_ALIGNMENT
        run, pack = _scheduler()
        poison = dynamic + geometry.shared if self.checked else 0
        launch = counter.ctypes.data, geometry.blocks, poison, self.checked

        def run_worker(worker: Worker) -> None:
            words = worker.words
            words[record.BLOCK_DIM : record.BLOCK_DIM + 3] = geometry.block
            words[record.GRID_DIM : record.GRID_DIM + 3] = geometry.grid
            words[record.DYNAMIC] = words[record.SHARED] + dynamic
            words[record.DYNAMIC_BYTES] = geometry.shared
            words[record.ENTRY], words[record.ARGUMENTS] = ready.address, slots
            worker.set_threads(geometry.block)
            ready_before, worker.fibers_ready = worker.fibers_ready, 0  # until this has ended well
            run(pack((worker.address, fibers, min(ready_before, fibers), *launch)))
            if words[record.STATUS] != DONE:
                raise failure(worker, self.full_name, program, fibers)
            worker.fibers_ready = max(ready_before, fibers)

        def stop() -> None:
            counter[0] = geometry.blocks

        pool.run_everywhere(run_worker, stop, geometry.blocks, geometry.threads)
        del packed  # kept until here: the kernel read its arguments from it


def jit(py_func: Callable | None = None, *, device: bool = False, checked: bool = False) -> Any:
    """Make a kernel, or with device=True a device function. Usable with and without parentheses."""
    if py_func is None:
        return lambda function: jit(function, device=device, checked=checked)
    return DeviceFunction(py_func) if device else Kernel(py_func, checked)
