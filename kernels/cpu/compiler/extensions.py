"""Extensions that the user registered with numba: overloads, intrinsics, lowerings, data models.

Any kernel may depend on them, and its code does not show it. So they are part of every cache key.
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

# The code of these is in each cache key anyway: by version, or by source.
_FILES = llvmlite.__file__, numba.__file__, np.__file__, os.path.dirname(__file__)
_FOLDERS = tuple(os.path.dirname(file) + os.sep for file in _FILES)
_SETTINGS = "_strict", "_jit_options", "_inline", "prefer_literal", "metadata"


def registered() -> tuple[tuple[str, FunctionType], ...]:
    """Return (what for, function) for each function that was registered from outside of numba."""
    models = tuple(
        default_manager._handlers.values()
    )  # may be replaced, while the tables only grow
    return _registered(models, *(len(table) for table, _ in tables()))


@lru_cache(maxsize=1)
def _registered(*_state: Any) -> tuple[tuple[str, FunctionType], ...]:
    return tuple(_find())


def tables() -> list[tuple[list, Callable]]:
    """Return numba's tables, each with what yields the user's functions of an entry."""
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
    """Yield a function of the user's, or those in the closure of a function of numba's."""
    function = getattr(member, "__func__", member)  # of a static method
    if not isinstance(function, FunctionType):
        return
    if not _is_known(function):
        yield function
        return
    for cell in function.__closure__ or ():
        try:
            yield from _functions_behind(cell.cell_contents)
        except ValueError:  # the cell is empty
            pass


def _is_known(function: FunctionType) -> bool:
    root = (function.__module__ or "").partition(".")[0]
    is_stdlib = root != "__main__" and root in sys.stdlib_module_names
    return is_stdlib or function.__code__.co_filename.startswith(_FOLDERS)
