"""What replaces `numba.cuda` and its members in a kernel: the members of our namespace."""

import sys
import types as python_types
from collections.abc import Iterator
from functools import cache
from typing import Any

from .namespace import cuda

# numba-cuda's own module, where cuda/install.py has put the stand-in into its place: kernels that
# took `cuda` from it before still refer to it.
replaced: python_types.ModuleType | None = None

_MODULE_ATTRIBUTES = set(vars(python_types.ModuleType("")))


def _pairs(ours: python_types.ModuleType, theirs: Any) -> Iterator[tuple[int, Any]]:
    """Yield (id of numba.cuda's object, our object) for every name that both have."""
    yield id(theirs), ours
    for name, member in vars(ours).items():
        if name in _MODULE_ATTRIBUTES or not hasattr(theirs, name):
            continue
        if isinstance(member, python_types.ModuleType):
            yield from _pairs(member, getattr(theirs, name))
        else:
            yield id(getattr(theirs, name)), member


@cache
def _counterparts(module: python_types.ModuleType, imported: tuple[str, ...]) -> dict[int, Any]:
    return dict(_pairs(cuda, module))


_SUBMODULES = [
    name for name, member in vars(cuda).items() if isinstance(member, python_types.ModuleType)
]


def is_namespace(module: python_types.ModuleType) -> bool:
    """Return whether a module has our members: the namespace, or the stand-in for numba.cuda."""
    return vars(module).get("grid") is cuda.grid


def counterpart(value: Any) -> Any:
    """Return our counterpart of numba.cuda or of a member of it; any other value as it is."""
    module = sys.modules.get("numba.cuda")
    if module is not None and is_namespace(module):
        module = replaced
    if module is None:
        return value
    imported = tuple(name for name in _SUBMODULES if hasattr(module, name))
    return _counterparts(module, imported).get(id(value), value)
