"""What conv2d and linear share in the suite: y = x * w + b, where * is bilinear.

Every number is a sum of n products, and each product is one rounding: m = n (bounds.py).

- forward: n products of x w, plus the bias as one more term.
- input gradient: n products of g w, over the outputs that the element is in.
- weight gradient: n products of x g, over the outputs that the weight is in.
- bias gradient: n output gradients added up, no product: m = n - 1, bounded by n.

n is what the same direction gives on all ones.
"""

from math import isqrt
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.parity.operator import Direction, Tensors
from crosscheck.parity.operator import directions as by_name
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import sums


def directions(family: ModuleType) -> tuple[Direction, ...]:
    """Return the directions of a family with forward, and input_, weight_ and bias_gradient."""

    def forward(t: Tensors, options: Options, **how: Any) -> None:
        family.forward(t["input"], t["weight"], t.get("bias"), **options, **how)

    def input_gradient(t: Tensors, options: Options, **how: Any) -> None:
        family.input_gradient(t["input"].shape, t["weight"], t["grad_output"], **options, **how)

    def weight_gradient(t: Tensors, options: Options, **how: Any) -> None:
        family.weight_gradient(t["input"], t["weight"].shape, t["grad_output"], **options, **how)

    def bias_gradient(t: Tensors, options: Options, **how: Any) -> None:
        family.bias_gradient(t["grad_output"], **how)

    tables = family.ALGORITHMS
    return (
        *by_name(
            tables, forward=forward, input_gradient=input_gradient, weight_gradient=weight_gradient
        ),
        Direction("bias_gradient", bias_gradient, tables["bias_gradient"], needs="bias"),
    )


def limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the limit of every result."""
    return sums.limits(question, inputs, grad_output, question.terms(), dtype)


def integers(question: Question, seed: int) -> Arrays:
    """Return factors whose products leave room for the longest sum."""
    terms = question.terms()
    amplitude = isqrt(sums.largest_product(sums.most(terms)))
    return sums.integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)
