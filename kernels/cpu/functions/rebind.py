"""Copies of functions whose globals and closure variables can be bound to other values.

That is how one source of a kernel gets its meaning on each device.
"""

import dis
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any


def _code_objects(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code_objects(constant)


@lru_cache(1024)  # every overload of a kernel asks again, and disassembling takes milliseconds
def _global_names(code: types.CodeType) -> frozenset[str]:
    """Return the names of globals that the code looks up; `co_names` has attributes, too."""
    lookups = ("LOAD_GLOBAL", "LOAD_NAME")
    return frozenset(each.argval for each in dis.get_instructions(code) if each.opname in lookups)


def attributes(function: types.FunctionType) -> set[str]:
    """Return every name that the function may use as an attribute."""
    return {name for code in _code_objects(function.__code__) for name in code.co_names}


def references(function: types.FunctionType) -> dict[str, Any]:
    """Return the values of the globals and closure variables that the function uses, by name."""
    names = {name for code in _code_objects(function.__code__) for name in _global_names(code)}
    found = {name: function.__globals__[name] for name in names & function.__globals__.keys()}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        found[name] = cell.cell_contents
    return dict(sorted(found.items()))


def own_copy(function: types.FunctionType) -> types.FunctionType:
    """Return a copy with globals and closure variables of its own, for `rebind`.

    The copy shares nothing but the code object.
    """
    values = references(function)
    used = {name: value for name, value in values.items() if name in function.__globals__}
    copy = types.FunctionType(
        function.__code__,
        {"__name__": function.__module__, "__builtins__": function.__builtins__, **used},
        function.__name__,
        function.__defaults__,
        tuple(types.CellType(values[name]) for name in function.__code__.co_freevars) or None,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__ = function.__qualname__
    copy.__doc__ = function.__doc__
    return copy


def rebind(copy: types.FunctionType, replace: Callable[[Any], Any]) -> types.FunctionType:
    """Replace every value v that an own copy refers to by replace(v); return the copy.

    It does not see later changes to its module's globals; neither would compiled code.
    """
    free = dict(zip(copy.__code__.co_freevars, copy.__closure__ or (), strict=True))
    for name, value in references(copy).items():
        if name in free:
            free[name].cell_contents = replace(value)
        else:
            copy.__globals__[name] = replace(value)
    return copy
