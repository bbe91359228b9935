"""The times of a run, their ratios and the geometric means."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The shortest times of one case, in seconds.

    simulator     the small problem in numba's simulator; None where it cannot run the kernel
    device_small  the small problem on the CPU device
    device_large  the large problem on the CPU device
    loop          the large problem as a plain parallel loop
    """

    name: str
    waits: str
    simulator: float | None
    device_small: float
    device_large: float
    loop: float

    @property
    def speedup(self) -> float | None:
        """How many times faster the CPU device is than the simulator."""
        return None if self.simulator is None else self.simulator / self.device_small

    @property
    def slowdown(self) -> float:
        """How many times slower the CPU device is than the plain loop."""
        return self.device_large / self.loop


def geometric_mean(numbers: Iterable[float]) -> float:
    """Return the geometric mean, the one that suits ratios; NaN for no numbers."""
    logarithms = [math.log(number) for number in numbers]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else math.nan


def summary(results: Sequence[Result]) -> dict[str, float]:
    """Return the geometric means of a run."""
    speedups = [r.speedup for r in results if r.simulator is not None]
    never_wait = [r.slowdown for r in results if not r.waits]
    wait = [r.slowdown for r in results if r.waits]
    return {
        "speedup over the simulator": geometric_mean(speedups),
        "slowdown against the loop, threads that never wait": geometric_mean(never_wait),
        "slowdown against the loop, threads that wait": geometric_mean(wait),
    }
