"""Comparisons and logic: tensors of booleans, which no gradient passes, by NumPy or CuPy."""

import numbers
from collections.abc import Callable
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.elementwise.operands import broadcast
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.promotion import together
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor

Operand = Tensor | float


def _comparison(name: str, of_arrays: str) -> Callable[[Tensor, Operand], Tensor]:
    """Return PyTorch's function `name`, which NumPy calls `of_arrays`."""

    def compare(input: Tensor, other: Operand) -> Tensor:
        array_of(name, "input", input)
        if not isinstance(other, (Tensor, numbers.Real)):
            reject(name, "other", type(other).__name__, "an nn.Tensor or a number", TypeError)
        a, b = (each.array for each in together(input.detach(), _detached(other)))
        broadcast(name, a.shape, b.shape)
        return Tensor(namespace(a).asarray(getattr(namespace(a), of_arrays)(a, b)))

    compare.__name__ = compare.__qualname__ = name
    compare.__doc__ = f"NumPy's `{of_arrays}` of tensors that broadcast, or of one and a number."
    return public(compare)


def _detached(other: Operand) -> Any:
    return other.detach() if isinstance(other, Tensor) else other


eq = _comparison("eq", "equal")
ne = _comparison("ne", "not_equal")
lt = _comparison("lt", "less")
le = _comparison("le", "less_equal")
gt = _comparison("gt", "greater")
ge = _comparison("ge", "greater_equal")
logical_and = _comparison("logical_and", "logical_and")
logical_or = _comparison("logical_or", "logical_or")
logical_xor = _comparison("logical_xor", "logical_xor")


@public
def logical_not(input: Tensor) -> Tensor:
    """Whether each element is 0."""
    x = array_of("logical_not", "input", input)
    return Tensor(namespace(x).asarray(namespace(x).logical_not(x)))


@public
def isnan(input: Tensor) -> Tensor:
    """Whether each element is NaN."""
    return ne(input, input)


@public
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape and the same elements."""
    a, b = array_of("equal", "input", input), array_of("equal", "other", other)
    return a.shape == b.shape and bool((a == b).all())


@public
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Whether every |input - other| is at most atol + rtol * |other|."""
    a, b = array_of("allclose", "input", input), array_of("allclose", "other", other)
    return bool(namespace(a).allclose(a, b, rtol, atol))
