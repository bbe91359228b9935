"""What a program taught numba: its overloads, intrinsics, lowerings and data models.

Any kernel may depend on them, and nothing in its code says so.
"""

import os
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FunctionType
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.datamodel import default_manager
from numba.core.imputils import builtin_registry as lowered
from numba.core.typing.templates import builtin_registry as typed

# Code of these is told by a version or by our source, which are in each key anyway.
_FILES = llvmlite.__file__, numba.__file__, np.__file__, os.path.dirname(__file__)
_FOLDERS = tuple(os.path.dirname(file) + os.sep for file in _FILES)


_SETTINGS = "_strict", "_jit_options", "_inline", "prefer_literal", "metadata"


def registered() -> tuple[tuple[str, FunctionType], ...]:
    """Return each function that was registered with numba from outside of it, and what for."""
    models = tuple(default_manager._handlers.values())  # may be replaced; the tables only grow
    return _registered(models, *(len(table) for table, _ in tables()))


@lru_cache(maxsize=1)
def _registered(*_state: Any) -> tuple[tuple[str, FunctionType], ...]:
    return tuple(_find())


def tables() -> list[tuple[list, Callable]]:
    """Return numba's tables, each with what finds a program's functions in an entry."""
    lists = lowered.functions, lowered.getattrs, lowered.setattrs, lowered.casts, lowered.constants
    templates = [(table, _in_class) for table in (typed.functions, typed.attributes)]
    return templates + [(table, _in_definition) for table in lists]


def _find() -> Iterator[tuple[str, FunctionType]]:
    for model in default_manager._handlers.values():
        yield from _in_class(model)
    for table, functions in tables():
        for entry in table:
            yield from functions(entry)


def _in_class(made: type) -> Iterator[tuple[str, FunctionType]]:
    own = vars(made)
    settings = [own.get(name) for name in _SETTINGS]
    for member in own.values():
        for function in _functions_behind(member):
            yield f"{_name(own.get('key'))} {settings}", function


def _in_definition(entry: tuple) -> Iterator[tuple[str, FunctionType]]:
    definition, *what_for = entry
    for function in _functions_behind(definition):
        yield " ".join(map(_name, what_for)), function


def _name(value: Any) -> str:
    return getattr(value, "__qualname__", None) or str(value)


def _functions_behind(member: Any) -> Iterator[FunctionType]:
    """Yield a program's function, or those that a function of numba's was made around."""
    function = getattr(member, "__func__", member)  # a static method's
    if not isinstance(function, FunctionType):
        return
    if not _is_known(function):
        yield function
        return
    for cell in function.__closure__ or ():
        try:
            yield from _functions_behind(cell.cell_contents)
        except ValueError:  # it is empty
            pass


def _is_known(function: FunctionType) -> bool:
    root = (function.__module__ or "").partition(".")[0]
    pythons = root != "__main__" and root in sys.stdlib_module_names
    return pythons or function.__code__.co_filename.startswith(_FOLDERS)
