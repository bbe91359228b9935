"""relu in the suite: forward and input gradient choose an input, or 0, and round nothing."""

from typing import Any

import numpy as np

from crosscheck.kernels.activation import relu
from crosscheck.parity.operator import Operator, Tensors, directions
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, edge


def _forward(t: Tensors, options: Options, **how: Any) -> None:
    relu.forward(t["input"], **how)


def _input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    relu.input_gradient(t["grad_output"], t["output"], **how)


def _output(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {"output": exact["forward"].astype(dtype)}  # a choice among inputs: not rounded


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return {}


def _integers(question: Question, seed: int) -> Arrays:
    terms = question.terms()
    amplitude = sums.largest_product(sums.most(terms))
    return sums.integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    rank = int(rng.integers(0, 6))
    return {"input": tuple(edge(rng, 9) for _ in range(rank))}, {}


OPERATOR = Operator(
    name="relu",
    order=4,
    directions=directions(relu.ALGORITHMS, forward=_forward, input_gradient=_input_gradient),
    parameters=("input", "inplace"),
    differentiable=("input",),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    saved=_output,
)
