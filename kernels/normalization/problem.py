"""What a batch_norm call may be given: checks made before anything is allocated or launched."""

from math import prod
from numbers import Real
from typing import Any

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array

OP = "batch_norm"


def channels(name: str, value: Array) -> int:
    """Return the number of channels of `value`, an array of at least 2 dimensions.

    A vector without elements has none: PyTorch takes that, too.
    """
    arguments.any_rank(OP, name, value)
    if value.ndim < 2 and value.shape != (0,):
        reject(OP, f"{name}.shape", value.shape, "at least 2 dimensions")
    return value.shape[1] if value.ndim > 1 else 0


def gradient(grad_output: Array, input: Array, mean: Array, rstd: Array) -> None:
    """Require an input, a gradient of its shape, and the statistics it was normalised with."""
    size = (channels("input", input),)
    arguments.matching(OP, "mean", mean, size, input=input)
    arguments.matching(OP, "rstd", rstd, size, input=input)
    arguments.matching(OP, "grad_output", grad_output, input.shape, input=input)


def of_channels(input: Array, **named: Array | None) -> None:
    """Require one value per channel of everything that is given, with the input's dtype."""
    size = (channels("input", input),)
    for name, value in named.items():
        if value is not None:
            arguments.matching(OP, name, value, size, input=input)


def running(
    running_mean: Array | None, running_var: Array | None, training: bool, like: Array
) -> None:
    """Require both running statistics or, in training, none; there they must be writable."""
    both_or_none(running_mean, running_var, training)
    for name, value in (("running_mean", running_mean), ("running_var", running_var)):
        if training and value is not None:
            arguments.output(OP, value, value.shape, like.dtype, like, name)


def both_or_none(running_mean: Any, running_var: Any, training: bool) -> None:
    """Require both running statistics or, in training, none, whatever kind of array they are."""
    named = ("running_mean", running_mean), ("running_var", running_var)
    for name, value in named:
        if not training and value is None:
            reject(OP, name, value, "an array where training is False")
    if (running_mean is None) != (running_var is None):
        missing, given = sorted(named, key=lambda pair: pair[1] is not None)
        reject(OP, missing[0], None, f"an array, as {given[0]} is one")


def flag(training: bool) -> None:
    if not isinstance(training, bool):
        reject(OP, "training", training, "True or False", TypeError)


def rates(momentum: float, eps: float, training: bool) -> tuple[float, float]:
    """Return (momentum, eps) as floats. Any momentum will do; eps keeps rstd finite."""
    for name, value in (("momentum", momentum), ("eps", eps)):
        if not isinstance(value, Real):
            reject(OP, name, value, "a number", TypeError)
    if eps < 0 or (training and eps == 0):
        reject(OP, "eps", eps, "a number above 0" if training else "a number of at least 0")
    return float(momentum), float(eps)


def batch(input: Array) -> None:
    """Require what a variance needs: not just one value per channel."""
    if input.shape[0] * prod(input.shape[2:]) == 1:
        reject(OP, "input.shape", input.shape, "more than 1 value per channel in training")
