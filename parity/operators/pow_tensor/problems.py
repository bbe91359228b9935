"""pow_tensor problems: those of every broadcasting operator, numbers as bases, special points."""

import numpy as np

from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import broadcasting_problems

POINTS = (np.nan, np.inf, 4.0, 3.0, 2.5, 1.0, 0.5, 0.3, 0.0)
BASES, EXPONENTS = (
    np.array(each).ravel()
    for each in np.meshgrid(*2 * [[sign * point for point in POINTS for sign in (1, -1)]])
)


def _named(problem: Problem) -> Problem:
    """Return a problem of two operands with the second called `exponent`."""
    given = {name.replace("other", "exponent"): each for name, each in problem.inputs.items()}
    return Problem(**{**vars(problem), "inputs": given})


PROBLEMS = (
    *(_named(each) for each in broadcasting_problems.problems("pow_tensor") if not each.options),
    Problem(
        "pow_tensor",
        "number-first",
        "a number in place of input",
        {"exponent": (3, 5)},
        {"input": 2},
    ),
    Problem(
        "pow_tensor",
        "rounded-number-first",
        "a base that no dtype holds exactly",
        {"exponent": (3, 5)},
        {"input": 0.1},
    ),
    Problem(
        "pow_tensor",
        "points",
        "each special base, and those below 0, with each special exponent, odd, even and broken",
        {"input": BASES, "exponent": EXPONENTS},
    ),
)
SPECIAL_VALUES = ("same", "last")
REJECTS = (
    *(_named(each) for each in broadcasting_problems.rejects("pow_tensor")),
    rejected("pow_tensor", "a base that is a word", {"exponent": zeros(3)}, input="2"),
)
