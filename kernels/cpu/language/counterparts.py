"""What stands for `numba.cuda` and its members in a kernel: the namespace of namespace.py."""

import sys
import types as python_types
from collections.abc import Iterator
from functools import cache
from typing import Any

from .namespace import cuda

_OF_MODULES = set(vars(python_types.ModuleType("")))


def _pairs(ours: python_types.ModuleType, theirs: Any) -> Iterator[tuple[int, Any]]:
    """Yield id(numba.cuda's object), our object, for every name both have."""
    yield id(theirs), ours
    for name, member in vars(ours).items():
        if name in _OF_MODULES or not hasattr(theirs, name):
            continue
        if isinstance(member, python_types.ModuleType):
            yield from _pairs(member, getattr(theirs, name))
        else:
            yield id(getattr(theirs, name)), member


@cache
def _counterparts(module: python_types.ModuleType, parts: tuple[str, ...]) -> dict[int, Any]:
    return dict(_pairs(cuda, module))


_PARTS = [name for name, part in vars(cuda).items() if isinstance(part, python_types.ModuleType)]


def is_namespace(module: python_types.ModuleType) -> bool:
    """Say whether a module has this namespace's own members: it, or the stand-in for numba.cuda."""
    return vars(module).get("grid") is cuda.grid


def counterpart(value: Any) -> Any:
    """Return ours for numba.cuda itself or one of its members; anything else is returned as is."""
    module = sys.modules.get("numba.cuda")
    if module is None or is_namespace(module):
        return value
    parts = tuple(name for name in _PARTS if hasattr(module, name))  # what was imported by now
    return _counterparts(module, parts).get(id(value), value)
