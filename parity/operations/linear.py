"""linear in the suite.

Every number is a sum of n products, and each product is one rounding: m = n (bounds.py).

- forward: n products of x w, plus the bias as one more term.
- input gradient: n products of g w, over the outputs.
- weight gradient: n products of x g, over all rows.
- bias gradient: n output gradients added up, no product: m = n - 1, bounded by n.

n is what the same direction gives on all ones.
"""

from math import isqrt
from typing import Any

import numpy as np

import kernels.linear
from parity.operations import sums
from parity.operations.draws import Drawn, edge
from parity.operations.operation import Direction, Operation, Tensors, directions
from parity.operations.question import Arrays, Options, Question


def _forward(t: Tensors, options: Options, **how: Any) -> None:
    kernels.linear.forward(t["input"], t["weight"], t.get("bias"), **how)


def _input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.linear.input_gradient(t["input"].shape, t["weight"], t["grad_output"], **how)


def _weight_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.linear.weight_gradient(t["input"], t["weight"].shape, t["grad_output"], **how)


def _bias_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.linear.bias_gradient(t["grad_output"], **how)


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return sums.limits(question, inputs, grad_output, question.terms(), dtype)


def _integers(question: Question, seed: int) -> Arrays:
    """Return factors whose products leave room for the longest sum."""
    terms = question.terms()
    amplitude = isqrt(sums.largest_product(sums.most(terms)))
    return sums.integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    ins, outs = edge(rng, 40), edge(rng, 40)
    lead = tuple(int(rng.integers(0, 7)) for _ in range(rng.integers(0, 4)))
    weight = (ins,) if rng.random() < 0.1 else (outs, ins)
    inputs = {"input": (*lead, ins), "weight": weight}
    if len(weight) == 2 and rng.random() < 0.7:
        inputs["bias"] = (outs,)
    return inputs, {}


_TABLES = kernels.linear.ALGORITHMS

OPERATION = Operation(
    name="linear",
    directions=(
        *directions(
            _TABLES,
            forward=_forward,
            input_gradient=_input_gradient,
            weight_gradient=_weight_gradient,
        ),
        Direction("bias_gradient", _bias_gradient, _TABLES["bias_gradient"], needs="bias"),
    ),
    parameters=("input", "weight", "bias"),
    differentiable=("input", "weight", "bias"),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
)
