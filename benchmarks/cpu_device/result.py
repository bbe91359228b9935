"""What a run found out, and what follows from it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The shortest times of one case in seconds.

    `simulator` and `small` are of the small problem, in numba's simulator (None where it cannot run
    the kernel) and on our device; `ours` and `loop` of the large one, on our device and as a plain
    parallel loop.
    """

    name: str
    waits: str
    simulator: float | None
    small: float
    ours: float
    loop: float

    @property
    def times_simulator(self) -> float | None:
        """How many times faster than the simulator we are."""
        return None if self.simulator is None else self.simulator / self.small

    @property
    def times_loop(self) -> float:
        """How many times longer than the plain loop we take."""
        return self.ours / self.loop


def mean(numbers: Iterable[float]) -> float:
    """Return the geometric mean, of ratios the only one that means something; NaN of none."""
    logarithms = [math.log(number) for number in numbers]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else math.nan


def summary(results: Sequence[Result]) -> dict[str, float]:
    """Return the geometric means of a run."""
    simulated = [r.times_simulator for r in results if r.simulator is not None]
    free = [r.times_loop for r in results if not r.waits]
    return {
        "times the simulator": mean(simulated),
        "times as long as the loop, no barriers": mean(free),
        "times as long as the loop, barriers": mean(r.times_loop for r in results if r.waits),
    }
