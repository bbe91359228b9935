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
from kernels.cpu.sanitizer import symbols, tools
from kernels.cpu.sanitizer.shadow import Shadow
from kernels.cpu.traits import Instrumentation


@dataclass(frozen=True)
class _Ready:
    """A program in memory."""

    program: Program
    address: int
    pack: Callable[[tuple], bytes]


class Kernel:
    """A kernel for the CPU device. `kernel[grid, block, stream, shared_bytes](*arguments)`.

    `stream` is accepted and means nothing: a launch returns when all its blocks are done. Threads
    that wait for others that never come raise BarrierError; under the sanitizer a launch also
    raises what sanitizer/ says. `changes` are the kernel's own modes (modes.py), whatever those of
    the launching thread are.
    """

    def __init__(self, py_func: Callable, **changes: Any) -> None:
        self.py_func, self.changes = py_func, changes
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

    def specialise(self, *arguments: Any, own: modes.Modes | None = None) -> _Ready:
        """Return the machine code for arguments of these types, compiling it if need be."""
        own = own or self._modes()
        apart, instrumentation = own.seed is not None, tools.instrumentation(own.sanitize)
        key = (apart, instrumentation, *(type_key(value) for value in arguments))
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
                if instrumentation == Instrumentation.ACCESSES:
                    symbols.install()
                found = prepare(self.py_func, argument_types, instrumentation, apart)
                self._ready[key] = _Ready(*found, packer(argument_types))
            return self._ready[key]

    def _launch(self, geometry: Geometry, arguments: tuple) -> None:
        own = self._modes()
        ready = self.specialise(*arguments, own=own)
        packed = ready.pack(arguments)
        watched = tools.instrumentation(own.sanitize) == Instrumentation.ACCESSES
        shadow = Shadow(own.sanitize, ready.program, geometry, arguments) if watched else None
        Launch(self.full_name, ready.program, ready.address, packed, geometry, own, shadow).run()


def jit(py_func: Callable | None = None, *, device: bool = False, **changes: Any) -> Any:
    """Make a kernel, or with device=True a device function. Usable with and without parentheses.

    `changes` are modes: `deterministic=True`, `seed=7`, `sanitize=True`.
    """
    if py_func is None:
        return lambda function: jit(function, device=device, **changes)
    return DeviceFunction(py_func) if device else Kernel(py_func, **changes)
