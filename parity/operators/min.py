"""min along a dimension: the value and where it is. `shared.extrema` says how it is checked."""

from crosscheck.kernels.reduction import min_
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.shared import extrema

OPERATOR = extrema.operator("min", min_)
PROBLEMS = extrema.problems("min")
SPECIAL_VALUES = ("rows",)
REJECTS = extrema.rejects("min")

FAULTS = (
    Fault(
        "the smallest is the largest",
        "crosscheck.kernels.reduction.extremum",
        "Problem((outer, extent, inner), sign)",
        "Problem((outer, extent, inner), abs(sign))",
        "min",
        "rows",
    ),
)
