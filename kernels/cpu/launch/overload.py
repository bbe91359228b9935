"""A kernel's program for one choice of argument types: an overload, as numba calls it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TextIO

from numba.core import types

from ..arguments.packing import packer
from ..compiler.compilation import infer_types, load_or_compile
from ..compiler.program import Program
from ..functions.gpu_only import GPUOnly
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.layout import MAX_RESIDENT
from ..options.modes import Modes
from ..options.tools import Instrumentation
from ..sanitizer import symbols
from ..sanitizer.reached import reached
from ..sanitizer.shadow import ShadowMemory
from .entries import install_signal_handler
from .launch import Launch


@dataclass(frozen=True)
class Overload(GPUOnly):
    """A program in memory; `address` is its entry's, `pack` packs arguments for it."""

    argument_types: tuple[types.Type, ...]
    program: Program
    address: int
    pack: Callable[[tuple], bytes]
    py_func: Callable
    flags: tuple

    @classmethod
    def of(cls, py_func: Callable, argument_types: tuple, flags: tuple, modes: Modes) -> "Overload":
        """Load the program from disk or compile it. `flags` are options for numba."""
        if Instrumentation.ACCESSES in modes.instrumentation:
            symbols.install()
        install_signal_handler()
        program, address = load_or_compile(
            py_func, argument_types, modes.instrumentation, modes.fiber_per_thread, flags
        )
        return cls(argument_types, program, address, packer(argument_types), py_func, flags)

    def run(
        self, name: str, arguments: tuple, configuration: LaunchConfiguration, modes: Modes
    ) -> None:
        """Run all blocks on NumPy arrays and numbers. Raises what a thread raised.

        Raises TypeError for an argument that cannot be converted to its type.
        """
        try:
            packed = self.pack(arguments)
        except TypeError as error:
            raise TypeError(f"{self.py_func.__name__}: {error}") from None
        shadow = None
        if Instrumentation.ACCESSES in modes.instrumentation:
            arrays = (*arguments, *self.program.captured, *reached())
            shadow = ShadowMemory(modes, self.program, configuration, arrays)
        Launch(name, self.program, self.address, packed, configuration, modes, shadow).run()

    @property
    def signature(self) -> Any:
        """The argument types as numba's signature."""
        return types.void(*self.argument_types)

    @cached_property
    def _type_annotation(self) -> Any:
        """numba's source with the types of all variables. Programs on disk do not keep it."""
        return infer_types(self.py_func, self.argument_types, self.flags).type_annotation

    def inspect_types(self, file: TextIO | None = None) -> None:
        """Write the source with the types of all variables to a file, or to the terminal."""
        title = f"{self.py_func.__name__} {self.argument_types}"
        print(title, "-" * 80, self._type_annotation, "=" * 80, sep="\n", file=file)

    @property
    def cooperative(self) -> bool:
        """Whether the kernel has a barrier of the whole grid."""
        return self.program.cooperative

    def max_cooperative_grid_blocks(self, blockdim: Any, dynsmemsize: int = 0) -> int:
        """Return how many blocks of any size a cooperative launch may have."""
        return MAX_RESIDENT
