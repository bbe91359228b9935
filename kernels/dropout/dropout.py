"""Dropout: its directions, their algorithm, and what a call of each asks for."""

from collections.abc import Iterator
from math import prod
from numbers import Real

import numpy as np

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dropout.direct import Mask, direct
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size

ALGORITHMS = {
    "forward": table(Algorithm("direct", direct)),
    "input_gradient": table(Algorithm("direct", direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((2, 8, 16, 16), dtype)}, {"seed": 0}


DROPOUT = Operator("dropout", ALGORITHMS, _examples)


def _forward(op: str, input: Size, p: float, seed: int, offset: int) -> Plan:
    return _scaled(op, "input", input, p, seed, offset)


@DROPOUT.direction(_forward)
def forward(
    input: Array,
    p: float = 0.5,
    *,
    seed: int,
    offset: int = 0,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the input with each element 0 with probability p, else multiplied by 1 / (1 - p).

    As `torch.nn.functional.dropout` in training; which elements are dropped is another matter: it
    follows from `seed`, `offset` (0 to 2^64 - 1 each) and an element's position in row-major order,
    so the same three give the same mask for any strides, dtype and device. `input` is float32 or
    float64 of any shape. `p` counts in steps of 2^-31.
    Raises ValueError or TypeError before anything is launched.
    """
    return DROPOUT.run("forward", algorithm, out, input, p, seed, offset)


def _input_gradient(op: str, grad_output: Size, p: float, seed: int, offset: int) -> Plan:
    return _scaled(op, "grad_output", grad_output, p, seed, offset)


@DROPOUT.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    p: float = 0.5,
    *,
    seed: int,
    offset: int = 0,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input of `forward` with the same seed and offset.

    Nothing of the forward pass is needed: the mask is made again. Raises like `forward`.
    """
    return DROPOUT.run("input_gradient", algorithm, out, grad_output, p, seed, offset)


def probability(p: float) -> float:
    """Return p when it is a number from 0 to 1. Raises TypeError or ValueError."""
    if not isinstance(p, Real):
        reject("dropout", "p", p, "a number from 0 to 1", TypeError)
    if not 0 <= p <= 1:
        reject("dropout", "p", p, "a number from 0 to 1")
    return float(p)


def _scaled(op: str, name: str, size: Size, p: float, seed: int, offset: int) -> Plan:
    p = probability(p)
    for what, number in (("seed", seed), ("offset", offset)):
        if arguments.integer(op, what, number, 0) >= 2**64:
            reject(op, what, number, "an integer below 2^64")
    row = (prod(size),)
    views = {name: row, "out": row}
    return Plan(Mask(p, seed, offset), [Output(size, like=name)], views=views)
