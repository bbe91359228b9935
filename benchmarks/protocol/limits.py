"""When there are samples enough: once their median is known, or the time is up."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.protocol import clock, interval


@dataclass(frozen=True)
class Limits:
    """When there are samples enough.

    width             of the median's bootstrap interval, as a share of it
    least, most       samples
    seconds           of sampling, after which it ends in any case; `least` come first
    warm_up           seconds of calls before: caches, clocks and thread pools come to their speed
    """

    width: float = 0.02
    least: int = 10
    most: int = 400
    seconds: float = 1.0
    warm_up: float = 0.2


class Steady:
    """Tells of samples that begin now, asked after each, whether they are enough."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._end = limits, clock.now() + limits.seconds
        self._width_at = limits.least  # the interval costs more than many a sample

    def reached(self, samples: Sequence[float]) -> bool:
        """Return whether these samples are enough."""
        limits, count = self._limits, len(samples)
        if count >= limits.most or (count >= limits.least and clock.now() > self._end):
            return True
        if count != self._width_at:
            return False
        self._width_at += max(5, count // 4)
        return interval.width(samples) < limits.width
