"""Clamp: y = min where x < min, max where that is above max, else x.

NaN stays NaN, and a bound that is NaN makes everything NaN, as in PyTorch. A bound that is None is
infinite.
"""

import math
from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import Numbers, Unary, number
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.operator import Example


@device_function
def clamp(x, min, max):
    raised = x if x >= min or x != x else min
    return raised if raised <= max or raised != raised else max


# dy/dx is 1 from min to max, both included, and 0 elsewhere and at NaN
@device_function
def clamp_gradient(dy, x, min, max):
    return dy if min <= x and x <= max else real(0)


def _numbers(op: str, min: float | None = None, max: float | None = None) -> Numbers:
    if min is None and max is None:
        reject(op, "min", min, "a number where max is None")
    low = -math.inf if min is None else number(op, "min", min)
    return low, math.inf if max is None else number(op, "max", max)


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros(4096, dtype)}, {"min": 0.0}


CLAMP = Unary("clamp", clamp, clamp_gradient, _numbers, _examples)
ALGORITHMS, forward, input_gradient = CLAMP.algorithms, CLAMP.forward, CLAMP.input_gradient
