"""sum in the suite.

- forward: n elements added up exactly as they are: n - 1 additions, m = n - 1 (bounds.py). An
  element alone, or none at all, gives an exact result.
- input gradient: every element gets its output's gradient, unchanged: exact.
"""

from typing import Any

import numpy as np

from crosscheck.kernels.reduction import sum as family
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator, Tensors, directions
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import reduction_problems, reductions
from crosscheck.parity.shared.draws import VALUES


def _forward(t: Tensors, options: Options, **how: Any) -> None:
    family.forward(t["input"], **options, **how)


def _input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    family.input_gradient(t["grad_output"], t["input"].shape, **options, **how)


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = question.ask({"input": np.abs(inputs["input"])})["forward"]
    additions = np.full(magnitude.shape, max(reductions.terms(question) - 1.0, 0.0))
    with np.errstate(invalid="ignore"):  # nothing of infinity: PyTorch's infinity, too
        return {"forward": bounds.bound(additions, magnitude, dtype)}


OPERATOR = Operator(
    name="sum",
    order=15,
    function="sum",
    op_db="sum",
    ours="operators.sum",
    directions=directions(family.ALGORITHMS, forward=_forward, input_gradient=_input_gradient),
    parameters=("input", "dim", "keepdim", "dtype"),
    differentiable=("input",),
    limits=_limits,
    integers=reductions.integers,
    fuzz=reductions.fuzz,
    fuzz_values=VALUES,
    outside=reductions.outside,
)

PROBLEMS = reduction_problems.problems("sum")

REJECTS = reduction_problems.rejects("sum")
