"""What comparisons and reports ask of rows."""

import math
from collections.abc import Iterable

from crosscheck.benchmarks.row import Row


def is_pytorch(row: Row) -> bool:
    """Return whether PyTorch computed a row: "torch", "torch-tf32", ..., or "compile"."""
    return row.subject == "compile" or row.subject.partition("-")[0] == "torch"


def is_measured(row: Row) -> bool:
    """Return whether a row has a time, within its interval."""
    return not row.problem and 0 < row.low <= row.microseconds <= row.high < math.inf


def geometric_mean(ratios: Iterable[float]) -> float | None:
    """Return the geometric mean, None of nothing."""
    logs = [math.log(each) for each in ratios]
    return math.exp(sum(logs) / len(logs)) if logs else None
