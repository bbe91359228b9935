"""The declared signature that a launch's arguments match, by numba-cuda's rules.

Arguments are cast as in C: to the only signature, or to the one of several that loses least. The
integers of an array are taken for declared ones of the same width.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.core.registry import cpu_target


def matching_types(py_func: Callable, declared: list[tuple], own: tuple) -> tuple[types.Type, ...]:
    """Return the declared types that arguments of these types match best.

    Raises TypeError where none match, or several equally well.
    """
    cases = [types.void(*kinds) for kinds in declared]
    found = cases[0] if len(cases) == 1 else _best(py_func, cases, own)
    if found is not None and all(map(_can_cast, own, found.args)):
        return found.args
    given = ", ".join(str(kind) for kind in own)
    known = "; ".join(str(case) for case in cases)
    text = f"No matching definition for argument types ({given}); compiled for {known}"
    raise TypeError(f"{py_func.__name__}: {text}")


def _best(py_func: Callable, cases: list, own: tuple) -> Any:
    """Return the signature that these types can best be cast to, None where there is none."""
    return cpu_target.typing_context.resolve_overload(
        py_func, cases, own, {}, allow_ambiguous=False
    )


def _can_cast(own: types.Type, declared: types.Type) -> bool:
    """Return whether a value of one type can be passed as the other."""
    if isinstance(declared, types.CPointer):
        return isinstance(own, types.Integer)  # an address
    if isinstance(declared, types.Array) and isinstance(own, types.Array):
        if _width(own.dtype) == _width(declared.dtype) is not None:
            own = own.copy(dtype=declared.dtype)
    return cpu_target.typing_context.can_convert(own, declared) is not None


def _width(kind: types.Type) -> int | None:
    return kind.bitwidth if isinstance(kind, types.Integer) else None


def aligned_and_writeable(value: Any, afterwards: list[Callable[[], None]]) -> Any:
    """Return the value, but a copy of an array that is read-only or misaligned.

    Declared types cover neither. A misaligned array is copied back after the launch.
    """
    if not isinstance(value, np.ndarray) or value.flags.writeable and value.flags.aligned:
        return value
    own = value.copy(order="K")
    if value.flags.writeable:
        afterwards.append(lambda: np.copyto(value, own))
    return own
