"""What every step asks for, and how it walks its arrays.

A parameter of 16 bits has a master: the same numbers in float32, from which the step computes and
to which it writes. The parameter is what the master is rounded to. The state is float32, too.
"""

import math
import numbers
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import SHORT, computed
from crosscheck.kernels.operator import Example
from crosscheck.kernels.plan import Plan, Size

MASTER = "master"


def plan(problem: Any, parameter: Size, *updated: str) -> Plan:
    """Return the plan of a step that writes to the parameter and to the state called `updated`.

    All arrays have the parameter's size.
    """
    beside = *updated, MASTER
    sizes = dict.fromkeys(("gradient", *beside), parameter)
    return Plan(problem, sizes=sizes, computed=beside, updated=("parameter", *beside))


def require_master(op: str, parameter: Any, master: Any, name: str = MASTER) -> None:
    """Raise ValueError unless a parameter of 16 bits, and no other, has a master."""
    dtype = getattr(parameter, "dtype", None)
    if dtype is not None and (dtype.type in SHORT) != (master is not None):
        found, expected = ("an array", "None") if master is not None else (None, "a float32 array")
        reject(op, name, found, f"{expected} beside a parameter of {dtype.name}")


def examples(dtype: type, *state: str, **options: Any) -> Iterator[Example]:
    """Yield one step with the state arrays and options of these names."""
    arrays = {name: np.zeros(4096, dtype) for name in ("parameter", "gradient")}
    beside = (*state, MASTER) if np.dtype(dtype).type in SHORT else state
    yield arrays | {name: np.zeros(4096, computed(dtype)) for name in beside}, options


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
