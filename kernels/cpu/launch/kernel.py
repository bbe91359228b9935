"""The core of a kernel: code for each choice of argument types, and a launch of it.

The first launch with arguments of new types finds the program on disk or compiles it
(compilation.py); every launch packs its arguments, and lets workers run the blocks (launching.py).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TextIO

from numba.core import types

from ..arguments.packing import packer
from ..arguments.types import numba_type, type_key
from ..compiler.compilation import analysed, prepare
from ..compiler.program import Program
from ..functions.gpu_only import Unanswered
from ..machine.geometry import Geometry
from ..machine.layout import MAX_RESIDENT
from ..options import modes
from ..options.tools import Instrumentation
from ..sanitizer import symbols
from ..sanitizer.shadow import Shadow
from .launching import Launch


@dataclass(frozen=True)
class Compiled(Unanswered):
    """A program in memory."""

    argument_types: tuple[types.Type, ...]
    program: Program
    address: int
    pack: Callable[[tuple], bytes]
    py_func: Callable
    flags: tuple

    @property
    def signature(self) -> Any:
        """The argument types as numba's signature."""
        return types.void(*self.argument_types)

    @cached_property
    def _type_annotation(self) -> Any:
        """The source with the types of all variables, numba's; a program on disk has none."""
        return analysed(self.py_func, self.argument_types, self.flags).type_annotation

    def inspect_types(self, file: TextIO | None = None) -> None:
        """Write the source with the types of all variables to a file, or to the terminal."""
        title = f"{self.py_func.__name__} {self.argument_types}"
        print(title, "-" * 80, self._type_annotation, "=" * 80, sep="\n", file=file)

    @property
    def cooperative(self) -> bool:
        """Whether it has a barrier of the whole grid, which then is in memory at once."""
        return self.program.cooperative

    def max_cooperative_grid_blocks(self, blockdim: Any, dynsmemsize: int = 0) -> int:
        """Return how many blocks may meet at a barrier of the grid, whatever their size."""
        return MAX_RESIDENT


class Kernel:
    """A function that runs once for every thread of a grid.

    Threads that wait for others that never come raise BarrierError; under the sanitizer a launch
    also raises what sanitizer/ says. `flags` are options of numba's, over those every program has.
    `changes` are the kernel's own modes (modes.py), whatever those of the launching thread are.
    """

    def __init__(self, py_func: Callable, flags: tuple = (), **changes: Any) -> None:
        self.py_func, self.flags, self.changes = py_func, flags, changes
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self.full_name = f"{py_func.__module__}.{py_func.__qualname__}"
        self.overloads: dict[tuple, Compiled] = {}
        self._compiled: dict[tuple, Compiled] = {}
        self._by_key: dict[tuple, Compiled] = {}
        self._lock = threading.RLock()
        self._modes()  # a wrong mode is an error here, not at the first launch

    def _modes(self) -> modes.Modes:
        return replace(modes.current(), **self.changes) if self.changes else modes.current()

    def types_of(self, arguments: tuple) -> tuple[types.Type, ...]:
        """Return the types to compile for. Raises TypeError for what no kernel takes."""
        wanted = self.py_func.__code__.co_argcount
        if len(arguments) != wanted:
            given = len(arguments)
            raise TypeError(f"{self.__name__} takes {wanted} arguments; {given} were given")
        return tuple(self._type_of(number, value) for number, value in enumerate(arguments))

    def _type_of(self, number: int, value: Any) -> types.Type:
        names = self.py_func.__code__.co_varnames
        name = f" ({names[number]})" if number < self.py_func.__code__.co_argcount else ""
        return numba_type(f"{self.__name__}: argument {number}{name}", value)

    def compiled_for(self, arguments: tuple, own: modes.Modes) -> Compiled:
        """Return the code for arguments of these types, compiling it if need be."""
        variant = own.seed is not None, own.instrumentation
        key = (*variant, *(type_key(value) for value in arguments))
        if key not in self._by_key:
            self._by_key[key] = self.compiled(self.types_of(arguments), own)
        return self._by_key[key]

    def compiled(self, argument_types: tuple, own: modes.Modes | None = None) -> Compiled:
        """Return the code for these types, compiling it if need be."""
        own = own or self._modes()
        apart, instrumentation = own.seed is not None, own.instrumentation
        key = apart, instrumentation, argument_types
        with self._lock:
            if key not in self._compiled:
                if instrumentation == Instrumentation.ACCESSES:
                    symbols.install()
                found = prepare(self.py_func, argument_types, instrumentation, apart, self.flags)
                pack = packer(argument_types)
                made = Compiled(argument_types, *found, pack, self.py_func, self.flags)
                self._compiled[key] = made
                self.overloads.setdefault(argument_types, made)
            return self._compiled[key]

    def run(self, compiled: Compiled, arguments: tuple, geometry: Geometry, own: modes.Modes):
        """Run all blocks on NumPy arrays and numbers. Raises what a thread raised."""
        try:
            packed = compiled.pack(arguments)
        except TypeError as error:
            raise TypeError(f"{self.__name__}: {error}") from None
        watched = own.instrumentation == Instrumentation.ACCESSES
        program, address = compiled.program, compiled.address
        known = (*arguments, *program.captured)
        shadow = Shadow(own, program, geometry, known) if watched else None
        Launch(self.full_name, program, address, packed, geometry, own, shadow).run()
