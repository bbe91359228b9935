"""div problems: those of every broadcasting operator, and quotients rounded to integers."""

import numpy as np

from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import broadcasting_problems

POINTS = (np.nan, np.inf, 1e20, 7.0, 3.0, 2.5, 1.0, 0.5, 0.1, 1e-20, 0.0)
DIVIDENDS, DIVISORS = (
    np.array(each).ravel()
    for each in np.meshgrid(*2 * [[sign * point for point in POINTS for sign in (1, -1)]])
)
OVER = np.arange(1.0, 100.0)


def _rounded(name: str, reason: str, input: object, other: object) -> tuple[Problem, ...]:
    """Return a problem of each rounding mode."""
    given = {"input": input, "other": other}
    return tuple(
        Problem("div", f"{mode}-{name}", reason, given, {"rounding_mode": mode})
        for mode in ("trunc", "floor")
    )


PROBLEMS = (
    *broadcasting_problems.problems("div"),
    *_rounded("same", "quotients of either sign, rounded", (9, 30), (9, 30)),
    *_rounded("outer", "each broadcast, and no gradient", (4, 1), (1, 5)),
    *_rounded("points", "special numbers by each other, and by 0", DIVIDENDS, DIVISORS),
    *_rounded("integers", "integers by each other: what is whole stays so", OVER, OVER[::-1]),
    *_rounded("tenths", "quotients that rounding makes whole", OVER, np.full(99, 0.1)),
)
SPECIAL_VALUES = ("same", "last", "floor-outer")

REJECTS = (
    *broadcasting_problems.rejects("div"),
    rejected(
        "div",
        "a rounding mode that is none",
        {"input": zeros(2), "other": zeros(2)},
        rounding_mode="ceil",
    ),
)
