"""`jit`: numba.cuda.jit's counterpart for the CPU device.

    @jit
    def scale(x, y): ...           # plain numba.cuda Python

    scale[blocks, threads](x, y)   # NumPy arrays; returns when done

The first launch with arguments of new types finds the program on disk or compiles it
(compilation.py); every launch packs its arguments, and lets workers run the blocks (launching.py).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kernels.cpu import modes
from kernels.cpu.arguments import numba_type, packer, type_key
from kernels.cpu.compilation import prepare
from kernels.cpu.device_function import DeviceFunction
from kernels.cpu.geometry import Geometry
from kernels.cpu.launching import Launch
from kernels.cpu.program import Program


@dataclass(frozen=True)
class _Ready:
    """A program in memory."""

    program: Program
    address: int
    pack: Callable[[tuple], bytes]


class Kernel:
    """A kernel for the CPU device. `kernel[grid, block, stream, shared_bytes](*arguments)`.

    `stream` is accepted and means nothing: a launch returns when all its blocks are done. In
    checked mode every access is tested: IndexError names the kernel, the array, the index and the
    thread; shared and local memory start as NaN; and a barrier wants every thread of the block, at
    the same line. In both modes threads that wait for others that never come raise BarrierError.
    `changes` are the kernel's own modes (modes.py), whatever those of the launching thread are.
    """

    def __init__(self, py_func: Callable, checked: bool = False, **changes: Any) -> None:
        self.py_func, self.checked, self.changes = py_func, checked, changes
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self.full_name = f"{py_func.__module__}.{py_func.__qualname__}"
        self._ready: dict[tuple, _Ready] = {}
        self._lock = threading.Lock()
        self._modes()  # a wrong mode is an error here, not at the first launch

    def __getitem__(self, configuration: tuple) -> Callable[..., None]:
        geometry = Geometry.of(self.__name__, configuration)
        return lambda *arguments: self._launch(geometry, arguments)

    def _modes(self) -> modes.Modes:
        return replace(modes.current(), **self.changes) if self.changes else modes.current()

    def specialise(self, *arguments: Any, apart: bool = False) -> _Ready:
        """Return the machine code for arguments of these types, compiling it if need be."""
        key = (apart, *(type_key(value) for value in arguments))
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
                found = prepare(self.py_func, argument_types, self.checked, apart)
                self._ready[key] = _Ready(*found, packer(argument_types))
            return self._ready[key]

    def _launch(self, geometry: Geometry, arguments: tuple) -> None:
        own = self._modes()
        ready = self.specialise(*arguments, apart=own.seed is not None)
        packed = ready.pack(arguments)
        Launch(
            self.full_name, ready.program, ready.address, packed, geometry, own, self.checked
        ).run()


def jit(
    py_func: Callable | None = None, *, device: bool = False, checked: bool = False, **changes: Any
) -> Any:
    """Make a kernel, or with device=True a device function. Usable with and without parentheses.

    `changes` are modes: `deterministic=True`, `seed=7`.
    """
    if py_func is None:
        return lambda function: jit(function, device=device, checked=checked, **changes)
    return DeviceFunction(py_func) if device else Kernel(py_func, checked, **changes)
