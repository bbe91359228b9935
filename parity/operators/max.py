"""max along a dimension: the value and where it is. `shared.extrema` says how it is checked."""

from crosscheck.kernels.reduction import max_
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.shared import extrema

OPERATOR = extrema.operator("max", max_)
PROBLEMS = extrema.problems("max")
SPECIAL_VALUES = ("rows", "middle")
REJECTS = extrema.rejects("max")

EXTREMUM = "crosscheck.kernels.reduction.extremum"
TAKES = "if sign * value > sign * best or (value != value and best == best):"


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, EXTREMUM, right, wrong, "max", case)


FAULTS = (
    _fault("the last of equal elements counts", TAKES, TAKES.replace(">", ">="), "ties"),
    _fault("a NaN is passed over", TAKES, "if sign * value > sign * best:", "nan"),
    _fault(
        "the last NaN counts",
        TAKES,
        "if sign * value > sign * best or value != value:",
        "two-nans",
    ),
    _fault("the last element is not compared", "range(1, R)", "range(1, R - 1)", "rows"),
    _fault("the value of an index is passed on", "indices[k, l] = at", "indices[k, l] = 0", "rows"),
    _fault(
        "every element gets the gradient",
        "dy[k, l] if index(indices[k, l]) == r else real(0)",
        "dy[k, l]",
        "rows",
    ),
    _fault(
        "an empty dimension has a largest element",
        "if input and input[axis] == 0:",
        "if False:",
        "rejects-nothing-along-dim",
    ),
)
