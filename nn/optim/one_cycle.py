"""The curve of OneCycleLR, in two or three phases.

Two phases: the learning rate rises from initial_lr to max_lr during the fraction `pct_start` of the
steps, then falls to min_lr. Three phases: it rises, falls back to initial_lr as fast as it rose,
then falls to min_lr. Momentum falls while the rate rises.
"""

import math
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import reject


class Phase(NamedTuple):
    """From the end of the previous phase to step `end`; each pair names two values of a group."""

    end: float
    lr: tuple[str, str]
    momentum: tuple[str, str]


class OneCycle:
    """The learning rate and momentum of a parameter group at each step. Raises ValueError."""

    def __init__(self, total_steps: int, pct_start: float, anneal_strategy: str, three_phase: bool):
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            reject("OneCycleLR", "pct_start", pct_start, "a float of 0 to 1")
        if anneal_strategy not in _ANNEAL:
            expected = f"one of {sorted(_ANNEAL)}"
            reject("OneCycleLR", "anneal_strategy", anneal_strategy, expected)
        self.anneal_strategy = anneal_strategy
        peak, last_step = float(pct_start * total_steps) - 1, total_steps - 1
        first = Phase(peak, ("initial_lr", "max_lr"), ("max_momentum", "base_momentum"))
        rise = ("base_momentum", "max_momentum")
        if three_phase:
            second_end = float(2 * pct_start * total_steps) - 2
            second = Phase(second_end, ("max_lr", "initial_lr"), rise)
            third = Phase(last_step, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum"))
            self.phases = [first, second, third]
        else:
            self.phases = [first, Phase(last_step, ("max_lr", "min_lr"), rise)]

    def lr(self, group: dict[str, Any], step: int) -> float:
        phase, fraction = self._phase_at(step)
        return self._interpolate(phase.lr, group, fraction)

    def momentum(self, group: dict[str, Any], step: int) -> float:
        phase, fraction = self._phase_at(step)
        return self._interpolate(phase.momentum, group, fraction)

    def _phase_at(self, step: int) -> tuple[Phase, float]:
        """Return the phase of a step, and the fraction of the phase that is over."""
        start = 0.0
        for phase in self.phases[:-1]:
            if step <= phase.end:
                break
            start = phase.end
        else:
            phase = self.phases[-1]
        return phase, (step - start) / (phase.end - start)

    def _interpolate(self, names: tuple[str, str], group: dict[str, Any], fraction: float) -> float:
        return _ANNEAL[self.anneal_strategy](*(group[name] for name in names), fraction)


def _cosine(start: float, end: float, fraction: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * fraction) + 1)


def _linear(start: float, end: float, fraction: float) -> float:
    return (end - start) * fraction + start


_ANNEAL = {"cos": _cosine, "linear": _linear}
