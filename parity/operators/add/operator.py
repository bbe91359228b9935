"""add in the suite: input + alpha * other.

- forward: one addition, and with alpha one product before it. alpha, or a number in a tensor's
  place, is rounded first where the dtype does not hold it. Let the second term go through j such
  roundings and the first through i (0, or 1 for a number); then

      |computed - exact| <= u |exact| + (1 + u) (gamma(i) |input| + gamma(j) |alpha other| + eta),

  eta only where there is a product. Without alpha and numbers that is u |exact|: rounding itself.
- gradients: an operand's is the sum of the n output gradients its element was broadcast to,
  n - 1 additions: m = n - 1 (bounds.py), nothing at all where n = 1. That of `other` is multiplied
  by alpha, before or after: one product more, and the rounding of alpha.

PyTorch's own float64, from which the error is measured, has its limit added.
"""

from math import ceil

import numpy as np

from crosscheck.kernels.elementwise import add
from crosscheck.parity import bounds
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import broadcasting, sums
from crosscheck.parity.shared.broadcasting import copies, magnitudes, rounded
from crosscheck.parity.shared.draws import Drawn, one_of


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    options = question.options
    sizes, n = magnitudes(question, inputs, grad_output), copies(question)
    total = np.abs(exact["forward"])
    limits = {"forward": sum(_off(options, inputs, total, kind) for kind in (dtype, "float64"))}
    if "input" in inputs:
        m = max(n["input"] - 1, 0)
        limits["input_gradient"] = _sum(m, sizes["input_gradient"], dtype)
    if "other" in inputs:
        m = max(n["other"] - 1, 0) + _products(options, dtype)
        underflow = SMALLEST_SUBNORMAL[dtype] if _products(options, dtype) else 0.0
        limits["other_gradient"] = _sum(m, sizes["other_gradient"], dtype) + underflow
    return limits


def _sum(m: int, magnitude: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # no rounding of infinity: PyTorch's infinity, too
        return bounds.bound(np.full(magnitude.shape, float(m)), magnitude, dtype)


def _products(options: Options, dtype: str) -> int:
    """Return how many roundings alpha costs what it multiplies."""
    return int(options.get("alpha", 1) != 1) + rounded(options, "alpha", dtype)


def _off(options: Options, inputs: Arrays, total: np.ndarray, dtype: str) -> np.ndarray:
    u, alpha = UNIT_ROUNDOFF[dtype], options.get("alpha", 1)
    x, y = (
        np.abs(np.asarray(inputs.get(name, options.get(name)), dtype=np.float64))
        for name in broadcasting.OPERANDS
    )
    i, j = rounded(options, "input", dtype), rounded(options, "other", dtype)
    j += _products(options, dtype)
    underflow = SMALLEST_SUBNORMAL[dtype] if alpha != 1 else 0.0
    with np.errstate(invalid="ignore"):  # a rounding of infinity is PyTorch's NaN, too
        before = gamma(i, dtype) * x + gamma(j, dtype) * (abs(alpha) * y) + underflow
    # The magnitudes went through three roundings in float64 themselves.
    return (u * total + (1 + u) * before) / (1 - gamma(4, "float64"))


def _integers(question: Question, seed: int) -> Arrays:
    for name, value in question.frozen:
        if value != int(value):
            raise NoIntegers(f"{name} is {value}, no integer")
    scale = 1 + sum(ceil(abs(value)) for _, value in question.frozen)
    amplitude = sums.largest_product(scale * max(1, *copies(question).values()))
    shape = question.terms()["forward"].shape
    return sums.integers(question, seed, {"grad_output": shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = broadcasting.fuzz(rng)
    if rng.random() < 0.4:
        options["alpha"] = one_of(rng, (2, -1, 0, 0.1, -3.125))
    return inputs, options


OPERATOR = Operator(
    name="add",
    order=13,
    function="add",
    op_db="add",
    ours="operators.add",
    kernels=add,
    parameters=("input", "other", "alpha"),
    differentiable=("input", "other"),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros"),
    arguments=broadcasting.arguments,
    outside=broadcasting.outside,
)
