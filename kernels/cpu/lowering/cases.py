"""Functions for kernels whose types are a list of signatures, as most of numba-cuda's are.

numba picks the case: the first that the arguments match exactly, else the one they convert to best,
by its own rules. So with numba-cuda's list a function has numba-cuda's types.
"""

from collections.abc import Callable, Sequence

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.core.typing import Signature


def typed_definition(name: str, cases: Sequence[Signature], lower: Callable) -> Callable:
    """Return numba's definition of a function: of its arguments' types, the signature and `lower`.

    `lower(target, builder, signature, arguments)` makes the value. Every case has as many arguments
    as the first. A call that no case fits raises TypingError.
    """

    def resolve(typing_context, *arguments):
        plain = tuple(types.unliteral(argument) for argument in arguments)
        found = typing_context.resolve_overload(name, list(cases), plain, {}, allow_ambiguous=True)
        if found is None:
            given = ", ".join(str(argument) for argument in plain)
            known = "; ".join(", ".join(str(item) for item in case.args) for case in cases)
            raise TypingError(f"{name} is given {given}; expected {known}")
        return found, lower

    # numba reads the number of arguments from the definition.
    definitions = (
        lambda typing_context: resolve(typing_context),
        lambda typing_context, x: resolve(typing_context, x),
        lambda typing_context, x, y: resolve(typing_context, x, y),
        lambda typing_context, x, y, z: resolve(typing_context, x, y, z),
        lambda typing_context, x, y, z, w: resolve(typing_context, x, y, z, w),
    )
    definition = definitions[len(cases[0].args)]
    definition.__name__ = definition.__qualname__ = name
    return definition


def typed_intrinsic(name: str, cases: Sequence[Signature], lower: Callable):
    """Make a function that kernels call."""
    return intrinsic(typed_definition(name, cases, lower))
