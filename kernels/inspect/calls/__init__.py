"""The calls that launch every kernel: a file for each family, found by itself.

Each file has `calls(dtype)`, which yields one `Call` of every direction on contiguous arrays of
zeros, as large as a small layer's: several warps and blocks, as in a large one. Algorithms are not
named, all that take the problem are run.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Call(NamedTuple):
    """`family.direction(*arguments, **options)`, with each algorithm of `family.ALGORITHMS`."""

    family: Any
    direction: str
    arguments: tuple
    options: Mapping[str, Any] = MappingProxyType({})


def every(dtype: type) -> Iterator[Call]:
    """Yield the calls of all families; `dtype` is np.float32 or np.float64."""
    for found in pkgutil.iter_modules(__path__):
        yield from importlib.import_module(f"{__name__}.{found.name}").calls(dtype)
