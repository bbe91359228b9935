"""What every step checks, and how it walks its arrays."""

import math
import numbers
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace


def check(op: str, parameter: Array, gradient: Array, **state: Array | None) -> None:
    """Require arrays of the parameter's shape, dtype and device; all but the gradient writable.

    None stands for a state that this step does without. Raises ValueError or TypeError.
    """
    given = {name: value for name, value in state.items() if value is not None}
    named = {"parameter": parameter, "gradient": gradient, **given}
    for name, value in named.items():
        arguments.any_rank(op, name, value)
        arguments.shape(op, name, value, parameter.shape)
        if name != "gradient":
            arguments.output(op, value, parameter.shape, value.dtype, value, name)
    arguments.alike(op, **named)


def scalar(op: str, name: str, value: Any, below: float = math.inf) -> float:
    """Return a number of at least 0 and under `below` as a float. Raises ValueError, TypeError."""
    limit = "" if below == math.inf else f" and below {below:g}"
    expected = f"a number of at least 0{limit}"
    if not isinstance(value, numbers.Real):
        reject(op, name, value, expected, TypeError)
    if not (0 <= value < below or value == math.inf == below):
        reject(op, name, value, expected)
    return float(value)


@contextmanager
def rows(*written: Array) -> Iterator[list[Array]]:
    """Give arrays of one shape as contiguous rows to update, all in C order.

    A C-contiguous array is viewed. Any other is copied to a row, and back on leaving.
    """
    dense = [row(array) for array in written]
    yield dense
    for array, values in zip(written, dense, strict=True):
        if not array.flags.c_contiguous:
            array[...] = values.reshape(array.shape)


def row(array: Array) -> Array:
    """Return the elements of an array in C order as one contiguous row, viewed where they can."""
    return namespace(array).ascontiguousarray(array).reshape(-1)
