"""hardsigmoid: a sum, a product with 1/6, and in the derivative that product alone.

Bounds by running error analysis: see parity/shared/unary.py.

PyTorch has 1/6 in float32 in its float64 gradient, too, and is 3e-8 off there. What is exact is
dy / 6, put in its place.
"""

import numpy as np

from crosscheck.kernels.activation import hardsigmoid as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    shifted = x + 3
    above = rounded.select(shifted.value < 0, rounded.number(0, x.dtype), shifted)
    return rounded.select(above.value > 6, rounded.number(6, x.dtype), above) * (1 / 6)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    inside = (-3 < x.value) & (x.value < 3)
    return rounded.select(inside, dy * (1 / 6), rounded.number(0, x.dtype))


def _sixth(inputs: Arrays, options: Options, results: Arrays) -> Arrays:
    if "input_gradient" not in results:
        return {}
    found = results["input_gradient"]
    inside = np.abs(inputs["input"].astype(found.dtype)) < 3
    return {
        "input_gradient": np.where(
            inside, inputs["grad_output"].astype(found.dtype) / 6, found
        ).astype(found.dtype)
    }


OPERATOR = unary.operator(
    kernels.HARDSIGMOID,
    kernels,
    _forward,
    _gradient,
    parameters=("inplace",),
    gpu_results=_sixth,
)
PROBLEMS = unary.problems("hardsigmoid")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("hardsigmoid", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "hardsigmoid", case)


FAULTS = (
    _fault(
        "hardsigmoid is shifted by 2",
        "x + real(3)",
        "x + real(2)",
        "matrix",
    ),
    _fault(
        "hardsigmoid is divided by 5",
        "return relu6(x + real(3)) * real(1 / 6)",
        "return relu6(x + real(3)) * real(1 / 5)",
        "matrix",
    ),
    _fault(
        "the gradient of hardsigmoid passes at 3",
        "x < real(3)",
        "x <= real(3)",
        "kinks",
    ),
    _fault(
        "the gradient of hardsigmoid is that of a slope of 1",
        "return dy * real(1 / 6)",
        "return dy",
        "matrix",
    ),
)
