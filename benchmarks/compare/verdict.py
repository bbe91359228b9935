"""The rule by which a row is faster, slower, or no different.

A row is a median with a bootstrap interval of 95 %, from a.low to a.high. The ratio b / a of the
later median to the earlier one gets an interval, too: on a logarithmic scale the distances from the
medians to the ends of both intervals are added in quadrature, each side for itself (the method of
variance estimates recovery: Zou and Donner, Statistics in Medicine 27, 2008):

    log low  = log(b / a) - sqrt(log(b / b.low)^2 + log(a.high / a)^2)
    log high = log(b / a) + sqrt(log(b.high / b)^2 + log(a / a.low)^2)

Rounds that took turns are compared round by round. The ratio is the median of theirs, and its
interval reaches over all of theirs: a machine that slows down in the meantime does so for both, and
what not every round shows is no difference.

A row is slower where the whole interval is above 1, and faster where it is below. A median of fewer
than 6 samples has no interval of 95 % (all six lie on one side of it once in 32 times): such a row
is no different, whatever its ratio. The interval knows the scatter within a run, not that between
two days; and of a hundred rows that are no different a few seem to be. That is what a threshold is
for: a row fails the gate if it is slower and its ratio is above 1 + threshold.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.row import Row

LEAST_SAMPLES = 6
SLOWER, FASTER, SAME = "slower", "faster", "no difference"

Pair = tuple[Row, Row]


@dataclass(frozen=True)
class Change:
    """How the time of one row changed.

    before, after   the row in the first round
    ratio           of its time, after / before; `low`, `high`: its interval
    few             whether there are too few samples to tell
    """

    before: Row
    after: Row
    ratio: float
    low: float
    high: float
    few: bool = False

    @property
    def verdict(self) -> str:
        """SLOWER, FASTER or SAME."""
        if self.few or self.low <= 1 <= self.high:
            return SAME
        return SLOWER if self.low > 1 else FASTER

    def exceeds(self, threshold: float) -> bool:
        """Return whether it is slower by more than a threshold, a share such as 0.05."""
        return self.verdict == SLOWER and self.ratio > 1 + threshold


def compare(rounds: Sequence[Pair]) -> Change:
    """Return the change of a row that was measured twice in each of some rounds."""
    found = [_interval(before, after) for before, after in rounds]
    ratios, lows, highs = zip(*found, strict=True)
    few = any(row.samples < LEAST_SAMPLES for pair in rounds for row in pair)
    return Change(*rounds[0], statistics.median(ratios), min(lows), max(highs), few)


def _interval(a: Row, b: Row) -> tuple[float, float, float]:
    """Return the ratio b / a, and the ends of its interval."""
    ratio = b.microseconds / a.microseconds
    down = math.hypot(math.log(b.microseconds / b.low), math.log(a.high / a.microseconds))
    up = math.hypot(math.log(b.high / b.microseconds), math.log(a.microseconds / a.low))
    return ratio, ratio * math.exp(-down), ratio * math.exp(up)
