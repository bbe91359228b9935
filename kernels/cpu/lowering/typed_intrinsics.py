"""Intrinsics that are typed by a list of signatures, as most of numba-cuda's functions are.

numba chooses the signature: the first that the arguments match exactly, else the one they convert
to best. So with numba-cuda's list a function has numba-cuda's types.
"""

from collections.abc import Callable, Sequence

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.core.typing import Signature


def typed_definition(name: str, signatures: Sequence[Signature], lower: Callable) -> Callable:
    """Return what numba's @intrinsic takes: it returns the signature for arguments, and `lower`.

    `lower(target, builder, signature, arguments)` emits the call. Every signature has as many
    arguments as the first. A call that fits none raises TypingError.
    """

    def resolve(typing_context, *arguments):
        plain = tuple(types.unliteral(argument) for argument in arguments)
        found = typing_context.resolve_overload(
            name, list(signatures), plain, {}, allow_ambiguous=True
        )
        if found is None:
            given = ", ".join(str(argument) for argument in plain)
            known = "; ".join(", ".join(str(item) for item in each.args) for each in signatures)
            raise TypingError(f"{name} is given {given}; expected {known}")
        return found, lower

    # numba takes the number of arguments from the definition.
    definitions = (
        lambda typing_context: resolve(typing_context),
        lambda typing_context, x: resolve(typing_context, x),
        lambda typing_context, x, y: resolve(typing_context, x, y),
        lambda typing_context, x, y, z: resolve(typing_context, x, y, z),
        lambda typing_context, x, y, z, w: resolve(typing_context, x, y, z, w),
    )
    definition = definitions[len(signatures[0].args)]
    definition.__name__ = definition.__qualname__ = name
    return definition


def typed_intrinsic(name: str, signatures: Sequence[Signature], lower: Callable):
    """Return an intrinsic that is typed by these signatures."""
    return intrinsic(typed_definition(name, signatures, lower))
