"""add problems: those of every broadcasting operator, and alpha."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem
from crosscheck.parity.shared import broadcasting_problems


def _alpha(name: str, reason: str, alpha: float, input: Shape = (3, 5), other: Shape = (3, 5)):
    return Problem(
        "add", f"alpha-{name}", reason, {"input": input, "other": other}, {"alpha": alpha}
    )


PROBLEMS = (
    *broadcasting_problems.problems("add"),
    _alpha("2", "an integer", 2),
    _alpha("minus-1", "a difference", -1),
    _alpha("0", "the gradient of other is 0", 0),
    _alpha("0-broadcast", "a sum that overflows times 0 would be NaN", 0, (4, 5), (5,)),
    _alpha("rounded", "alpha itself is rounded", 0.1),
    _alpha("broadcast", "the gradient's sum is scaled", 3, (4, 5), (5,)),
    _alpha("broadcast-input", "the input's gradient does not depend on alpha", 3, (5,), (4, 5)),
    _alpha("rounded-broadcast", "a rounded alpha and a sum", -0.3, (2, 3, 4), (3, 1)),
)
SPECIAL_VALUES = ("last", "alpha-0-broadcast", "alpha-rounded-broadcast")

REJECTS = broadcasting_problems.rejects("add")
