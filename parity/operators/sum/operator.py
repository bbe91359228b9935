"""sum in the suite.

- forward: n elements added up exactly as they are: n - 1 additions, m = n - 1 (bounds.py). An
  element alone, or none at all, gives an exact result.
- input gradient: every element gets its output's gradient, unchanged: exact.
"""

import numpy as np

from crosscheck.kernels import reduction
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import reduction_problems, reductions
from crosscheck.parity.shared.draws import VALUES


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
    kernels=reduction.sum,
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
