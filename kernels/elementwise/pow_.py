"""Power with a number as the exponent: y = x^exponent.

The usual exponents are products, roots and quotients, as in PyTorch: cheaper than pow, more exact,
and for -0 and -infinity another result (pow has +0 and +infinity for their roots).
"""

import math
from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.elementwise.unary import Numbers, Unary, number
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.operator import Example


@device_function
def power(x, exponent):
    if exponent == real(2):
        return x * x
    if exponent == real(3):
        return x * x * x
    if exponent == real(0.5):
        return math.sqrt(x)
    if exponent == real(-0.5):
        return real(1) / math.sqrt(x)
    if exponent == real(-1):
        return real(1) / x
    if exponent == real(-2):
        return real(1) / (x * x)
    return math.pow(x, exponent)


# dy/dx = exponent * x^(exponent - 1); 0 for an exponent of 0, whatever x is
@device_function
def power_gradient(dy, x, exponent):
    if exponent == real(0):
        return real(0)
    return dy * (exponent * power(x, exponent - real(1)))


def _numbers(op: str, exponent: float) -> Numbers:
    return (number(op, "exponent", exponent),)


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros(4096, dtype)}, {"exponent": 2.5}


POW = Unary("pow", power, power_gradient, _numbers, _examples)
ALGORITHMS, forward, input_gradient = POW.algorithms, POW.forward, POW.input_gradient
