"""The curve of OneCycleLR: two or three phases, each from one named value of a group to another.

Up from initial_lr to max_lr for `pct_start` of the steps, then down to min_lr. With three phases
down the way it came up first, then on to min_lr. Momentum goes the other way.
"""

import math
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import reject


class Phase(NamedTuple):
    end: float  # the last step of the phase
    lr: tuple[str, str]
    momentum: tuple[str, str]


class OneCycle:
    """`lr` and `momentum` of a parameter group at a step."""

    def __init__(self, total_steps: int, pct_start: float, anneal_strategy: str, three_phase: bool):
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            reject("OneCycleLR", "pct_start", pct_start, "a float of 0 to 1")
        if anneal_strategy not in _ANNEAL:
            expected = f"one of {sorted(_ANNEAL)}"
            reject("OneCycleLR", "anneal_strategy", anneal_strategy, expected)
        self.anneal_strategy = anneal_strategy
        up = float(pct_start * total_steps) - 1
        down, low = ("max_lr", "initial_lr"), ("initial_lr", "min_lr")
        first = Phase(up, ("initial_lr", "max_lr"), ("max_momentum", "base_momentum"))
        rise = ("base_momentum", "max_momentum")
        if three_phase:
            middle = Phase(float(2 * pct_start * total_steps) - 2, down, rise)
            last = Phase(total_steps - 1, low, ("max_momentum", "max_momentum"))
            self.phases = [first, middle, last]
        else:
            self.phases = [first, Phase(total_steps - 1, ("max_lr", "min_lr"), rise)]

    def lr(self, group: dict[str, Any], step: int) -> float:
        phase, share = self._at(step)
        return self._between(phase.lr, group, share)

    def momentum(self, group: dict[str, Any], step: int) -> float:
        phase, share = self._at(step)
        return self._between(phase.momentum, group, share)

    def _at(self, step: int) -> tuple[Phase, float]:
        """Return the phase of a step, and how much of it has gone by."""
        start = 0.0
        for phase in self.phases[:-1]:
            if step <= phase.end:
                break
            start = phase.end
        else:
            phase = self.phases[-1]
        return phase, (step - start) / (phase.end - start)

    def _between(self, names: tuple[str, str], group: dict[str, Any], share: float) -> float:
        return _ANNEAL[self.anneal_strategy](*(group[name] for name in names), share)


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def _linear(start: float, end: float, share: float) -> float:
    return (end - start) * share + start


_ANNEAL = {"cos": _cosine, "linear": _linear}
