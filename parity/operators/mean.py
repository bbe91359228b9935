"""mean in the suite.

- forward: n elements added up exactly as they are, n - 1 additions, then one division by n:
  m = n (bounds.py), T = mean of |x|. float32 holds n itself below 2^24.
- input gradient: one quotient g / n: m = 1.
"""

import numpy as np

from crosscheck.kernels import reduction
from crosscheck.parity import bounds
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import reduction_problems, reductions
from crosscheck.parity.shared.draws import VALUES


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = question.ask({"input": np.abs(inputs["input"])})["forward"]
    n = np.full(magnitude.shape, float(reductions.terms(question)))
    quotient = np.abs(exact["input_gradient"])
    return {
        "forward": bounds.bound(n, magnitude, dtype),
        "input_gradient": bounds.bound(np.ones(quotient.shape), quotient, dtype),
    }


def _integers(question: Question, seed: int) -> Arrays:
    """Return output gradients that are multiples of n, whose quotient is an integer.

    The mean itself is one division of an exact sum, see avg_pool2d.
    """
    n = reductions.terms(question)
    if n == 0:
        raise NoIntegers("the mean of nothing is NaN")
    drawn = reductions.integers(question, seed)
    return {**drawn, "grad_output": np.asarray(n * drawn["grad_output"])}


OPERATOR = Operator(
    name="mean",
    order=16,
    function="mean",
    op_db="mean",
    ours="operators.mean",
    kernels=reduction.mean,
    parameters=("input", "dim", "keepdim", "dtype"),
    differentiable=("input",),
    limits=_limits,
    integers=_integers,
    fuzz=reductions.fuzz,
    fuzz_values=VALUES,
    outside=reductions.outside,
)

PROBLEMS = reduction_problems.problems("mean")

REJECTS = reduction_problems.rejects("mean")
