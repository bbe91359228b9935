"""The configuration of a launch: grid, block and dynamic shared memory, within a GPU's limits."""

import math
import operator
from dataclasses import dataclass
from typing import Any

from . import layout

_BLOCK_LIMITS = (1024, 1024, 64)
_GRID_LIMITS = (2**31 - 1, 65535, 65535)


def integer(kernel: str, name: str, value: Any) -> int:
    """Return the value as an int. Raises TypeError for what is no integer."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{kernel}: {name} is {value!r}; expected an integer") from None


def _three(kernel: str, name: str, value: Any, limits: tuple[int, ...]) -> tuple[int, int, int]:
    items = list(value) if isinstance(value, (tuple, list)) else [value]
    try:
        sizes = tuple(operator.index(item) for item in items)
    except TypeError:
        text = f"{name}dim must be a sequence of integers, got {items!r}"
        raise TypeError(f"{kernel}: {text}") from None
    if len(sizes) not in (1, 2, 3):
        text = f"{name}dim must be a sequence of 1, 2 or 3 integers, got {items!r}"
        raise ValueError(f"{kernel}: {text}")
    if not all(1 <= size <= limit for size, limit in zip(sizes, limits, strict=False)):
        expected = f"integers of at least 1 and at most {limits}"
        raise ValueError(f"{kernel}: {name} is {value!r}; expected {expected}")
    return (*sizes, 1, 1)[:3]


@dataclass(frozen=True)
class LaunchConfiguration:
    """Blocks of the grid and threads of a block, per axis; bytes of dynamic shared memory."""

    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    shared: int

    @property
    def blocks(self) -> int:
        """How many blocks the grid has."""
        return math.prod(self.grid)

    @property
    def threads(self) -> int:
        """How many threads a block has."""
        return math.prod(self.block)

    @classmethod
    def of(cls, kernel: str, configuration: tuple) -> "LaunchConfiguration":
        """Return that of `[grid, block, stream, shared_bytes]`. Raises TypeError or ValueError."""
        if not isinstance(configuration, tuple) or len(configuration) not in (2, 3, 4):
            expected = "[grid, block], [grid, block, stream] or [grid, block, stream, shared_bytes]"
            raise TypeError(f"{kernel}: the launch is {configuration!r}; expected {expected}")
        grid = _three(kernel, "grid", configuration[0], _GRID_LIMITS)
        block = _three(kernel, "block", configuration[1], _BLOCK_LIMITS)
        shared = integer(kernel, "shared_bytes", configuration[3]) if len(configuration) == 4 else 0
        found = cls(grid, block, shared)
        if found.threads > layout.MAX_THREADS:
            expected = f"at most {layout.MAX_THREADS} threads"
            raise ValueError(f"{kernel}: block is {configuration[1]!r}; expected {expected}")
        return found

    def check_shared(self, kernel: str, static: int) -> None:
        """Raise ValueError if a block has more shared memory than a GPU's."""
        if static > layout.MAX_STATIC_SHARED:
            limit = f"at most {layout.MAX_STATIC_SHARED} bytes"
            raise ValueError(f"{kernel}: static shared memory is {static} bytes; expected {limit}")
        if not 0 <= self.shared <= layout.MAX_SHARED - static:
            limit = f"0 to {layout.MAX_SHARED - static}"
            raise ValueError(f"{kernel}: shared_bytes is {self.shared}; expected {limit}")
