"""mul in the suite: input * other.

- forward: one product: m = 1 (bounds.py). A number in a tensor's place is rounded first where the
  dtype does not hold it: m = 2.
- gradients: an operand's is the sum, over the n outputs its element was broadcast to, of the output
  gradient times the other operand. A product is one rounding, and again one more for a number that
  had to be rounded: m = n, or n + 1.
"""

from math import ceil, isqrt

import numpy as np

from crosscheck.kernels.elementwise import multiply
from crosscheck.parity import bounds
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import broadcasting, broadcasting_problems, sums
from crosscheck.parity.shared.broadcasting import copies, magnitudes, rounded


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = magnitudes(question, inputs, grad_output)
    numbers = sum(rounded(question.options, name, dtype) for name in broadcasting.OPERANDS)
    terms = {f"{name}_gradient": n for name, n in copies(question).items()}
    return {
        name: bounds.bound(np.full(sizes[name].shape, float(n + numbers)), sizes[name], dtype)
        for name, n in {"forward": 1, **terms}.items()
    }


def _integers(question: Question, seed: int) -> Arrays:
    scale = 1
    for name, value in question.frozen:
        if value != int(value):
            raise NoIntegers(f"{name} is {value}, no integer")
        scale += ceil(abs(value))
    amplitude = isqrt(sums.largest_product(scale * max(1, *copies(question).values())))
    shape = question.terms()["forward"].shape
    return sums.integers(question, seed, {"grad_output": shape}, amplitude)


OPERATOR = Operator(
    name="mul",
    order=14,
    function="mul",
    op_db="mul",
    ours="operators.mul",
    kernels=multiply,
    parameters=("input", "other"),
    differentiable=("input", "other"),
    limits=_limits,
    integers=_integers,
    fuzz=broadcasting.fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros", "tiny"),
    arguments=broadcasting.arguments,
    outside=broadcasting.outside,
)

PROBLEMS = broadcasting_problems.problems("mul")

REJECTS = broadcasting_problems.rejects("mul")
