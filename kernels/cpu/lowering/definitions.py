"""Definitions for kernels of Python's functions and operators, such as math.floor and +."""

from collections.abc import Callable
from functools import cache
from typing import Any

from numba.core import types
from numba.core.typing.templates import make_intrinsic_template

# The name of the numba target that kernels are compiled for.
TARGET = __package__.rpartition(".")[0]

_templates: dict[Any, list] = {}  # by function
_replaced: set[Any] = set()  # functions for which numba's own templates do not count


class _FixedArity:
    """A template that leaves calls with another number of arguments to the next one."""

    def generic(self, args, kws):
        return super().generic(args, kws) if len(args) + len(kws) == self.count else None


def define(function: Callable, definition: Callable, replace: bool = True) -> None:
    """Define a function of Python, or an operator, in kernels.

    `definition` is what numba's @intrinsic takes: it returns a signature and a lowering for the
    types of the arguments, or None where it does not apply. It replaces numba's own templates of
    the function; with replace=False it only takes precedence over them.
    """
    template = make_intrinsic_template(function, definition, function.__name__)
    count = {"count": definition.__code__.co_argcount - 1}
    own = type(template)(template.__name__, (_FixedArity, template), count)
    _templates.setdefault(function, []).append(own)
    if replace:
        _replaced.add(function)


@cache  # a function type caches what it resolves, so there must be one for each
def _function_type(templates: tuple) -> types.Function:
    return types.Function(templates)


def type_of(function: Any, numbas: Callable[[Any], types.Function | None]) -> types.Type | None:
    """Return the type of a defined function, None for any other.

    `numbas` returns numba's own type of a function, or None.
    """
    try:
        own = _templates.get(function)
    except TypeError:  # it is not hashable, so it is no function
        return None
    if own is None:
        return None
    known = numbas(function)
    rest = () if function in _replaced or known is None else known.templates
    return _function_type((*own, *rest))
