"""What a batch_norm call may be given: checks made before anything is allocated or launched."""

from math import prod
from numbers import Real
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.plan import Size


def channels(op: str, name: str, size: Size) -> int:
    """Return the number of channels of an array of at least 2 dimensions. Raises ValueError.

    A vector without elements has none: PyTorch takes that, too.
    """
    if len(size) < 2 and tuple(size) != (0,):
        reject(op, name, tuple(size), "at least 2 dimensions")
    return size[1] if len(size) > 1 else 0


def rows(size: Size) -> tuple[int, ...]:
    """Return (n, c, ...) as (n, c, l), l everything behind the channels."""
    return *size[:2], prod(size[2:])


def both_or_none(
    op: str, running_mean: Any, running_var: Any, training: bool, name: str = "training"
) -> None:
    """Require both running statistics or, in training, none, whatever kind of array they are.

    `name` is what the argument `training` is called.
    """
    named = ("running_mean", running_mean), ("running_var", running_var)
    for which, value in named:
        if not training and value is None:
            reject(op, which, value, f"an array where {name} is False")
    if (running_mean is None) != (running_var is None):
        missing, given = sorted(named, key=lambda pair: pair[1] is not None)
        reject(op, missing[0], None, f"an array, as {given[0]} is one")


def flag(op: str, training: bool, name: str = "training") -> None:
    """Require a bool. Raises TypeError."""
    if not isinstance(training, bool):
        reject(op, name, training, "True or False", TypeError)


def number(op: str, name: str, value: float) -> float:
    """Return the value as a float. Raises TypeError for what is no number."""
    if not isinstance(value, Real):
        reject(op, name, value, "a number", TypeError)
    return float(value)


def rates(op: str, momentum: float, eps: float, training: bool) -> tuple[float, float]:
    """Return (momentum, eps) as floats. Any momentum will do; eps keeps rstd finite."""
    given = number(op, "momentum", momentum), number(op, "eps", eps)
    if eps < 0 or (training and eps == 0):
        reject(op, "eps", eps, "a number above 0" if training else "a number of at least 0")
    return given


def batch(op: str, input: Size) -> None:
    """Require what a variance needs: not just one value per channel."""
    if input[0] * prod(input[2:]) == 1:
        reject(op, "input.shape", tuple(input), "more than 1 value per channel in training")
