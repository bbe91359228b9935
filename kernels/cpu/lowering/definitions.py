"""`define` gives a function of Python, say math.floor, or an operator its meaning in kernels."""

from collections.abc import Callable
from functools import cache
from typing import Any

from numba.core import types
from numba.core.typing.templates import make_intrinsic_template

# The name of the numba target that kernels are compiled for.
TARGET = __package__.rpartition(".")[0]

_templates: dict[Any, list] = {}  # of what `define` was given
_instead: set[Any] = set()


class _OfItsArguments:
    """Leaves a call with another number of arguments to the next template."""

    def generic(self, args, kws):
        return super().generic(args, kws) if len(args) + len(kws) == self.count else None


def define(function: Callable, definition: Callable, instead: bool = True) -> None:
    """Give a function of Python, or an operator, a meaning in kernels.

    `definition` is what numba's @intrinsic takes: from the typing context and the arguments' types
    it makes the signature and the lowering, or None where it does not apply. It takes the place of
    all that numba knows of the function; with instead=False it is only asked first.
    """
    template = make_intrinsic_template(function, definition, function.__name__)
    count = {"count": definition.__code__.co_argcount - 1}
    own = type(template)(template.__name__, (_OfItsArguments, template), count)
    _templates.setdefault(function, []).append(own)
    if instead:
        _instead.add(function)


@cache  # a function type remembers what it chose, so there must be one of each
def _function_type(templates: tuple) -> types.Function:
    return types.Function(templates)


def type_of(function: Any, numbas: Callable[[Any], types.Function | None]) -> types.Type | None:
    """Return a function's type in kernels, None where `define` gave it no meaning.

    `numbas` returns the type that numba knows, or None.
    """
    try:
        own = _templates.get(function)
    except TypeError:  # not hashable, so no function
        return None
    if own is None:
        return None
    known = numbas(function)
    rest = () if function in _instead or known is None else known.templates
    return _function_type((*own, *rest))
