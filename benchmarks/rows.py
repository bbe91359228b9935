"""What comparisons and reports ask of rows, and of the ceilings measured with them."""

import math
from collections.abc import Iterable

from crosscheck.benchmarks.row import Row

MEMORY = "copy"  # the ceiling that is in bytes; the others are in operations


def is_pytorch(row: Row) -> bool:
    """Return whether PyTorch computed a row: "torch", "torch-tf32", ..., or "compile"."""
    return row.subject == "compile" or row.subject.partition("-")[0] == "torch"


def is_measured(row: Row) -> bool:
    """Return whether a row has a time, within its interval."""
    return not row.problem and 0 < row.low <= row.microseconds <= row.high < math.inf


def geometric_mean(ratios: Iterable[float], weights: Iterable[float] = ()) -> float | None:
    """Return the geometric mean, None of nothing; without `weights` each counts once."""
    logs = [math.log(each) for each in ratios]
    own = list(weights) or [1.0] * len(logs)
    total = sum(weight * log for weight, log in zip(own, logs, strict=True))
    return math.exp(total / sum(own)) if logs else None


def rate_of(ceiling: str, rate: float) -> str:
    """Return a ceiling's rate, in a second, with its unit, for people."""
    unit = "B/s" if ceiling == MEMORY else "FLOP/s"
    for prefix, size in (("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if rate >= size:
            return f"{rate / size:.3g} {prefix}{unit}"
    return f"{rate:.3g} {unit}"
