"""How far two runs of one model are apart, and how far they may be.

The distance of an array from another is the largest difference over the largest magnitude; the loss
counts as one more array. A run in float64 has to stay within FLOAT64 of PyTorch's at every step. A
run in float32 may at no step be further from PyTorch's in float64 than FACTOR times as far as
PyTorch's own float32 run ever is, for the loss and for each parameter alone.

"Ever", because at a single step chance decides: Adam divides a gradient by its own size, so where a
gradient is as small as its rounding noise the update is noise, and one run has it and the other has
not. Against itself with oneDNN's kernels PyTorch's distances differ by a factor of 44 at one step.
For the same reason its run counts as at least u from the truth, what rounding the largest element
costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import UNIT_ROUNDOFF

Step = tuple[float, Mapping[str, np.ndarray]]  # the loss before the step, the parameters after it

FLOAT64 = 1e-10
FACTOR = 4.0
ROUNDING = UNIT_ROUNDOFF["float32"]


@dataclass(frozen=True)
class Drift:
    """One array after one step: its distance from the truth, the limit, and PyTorch's distance."""

    step: int
    name: str
    ours: float
    limit: float
    theirs: float

    @property
    def share(self) -> float:
        """The part of the limit that is used: more than 1 is a failure."""
        if self.ours == 0.0:
            return 0.0
        return self.ours / self.limit if self.limit else np.inf


def distance(a: np.ndarray | float, b: np.ndarray | float) -> float:
    """Return how far `a` is from `b`; infinity where either has something that is no number."""
    wide, truth = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if wide.shape != truth.shape or not (np.isfinite(wide).all() and np.isfinite(truth).all()):
        return np.inf
    largest = float(np.abs(truth).max(initial=0.0))
    difference = float(np.abs(wide - truth).max(initial=0.0))
    return difference / largest if largest else difference


def drifts(
    truth: Iterator[Step], ours: Iterator[Step], theirs: Iterator[Step] | None
) -> Iterator[Drift]:
    """Yield a Drift for the loss and for each parameter of each step, when the runs are over.

    `truth` is PyTorch in float64; `theirs` is PyTorch in float32, None where ours is float64.
    Raises ValueError when runs differ in length or in the names of their parameters.
    """
    rows: list[tuple[int, str, float, float]] = []
    furthest: dict[str, float] = {}
    runs = (truth, ours) if theirs is None else (truth, ours, theirs)
    for step, states in enumerate(zip(*runs, strict=True), start=1):
        exact, mine, *own = ({"loss": loss, **parameters} for loss, parameters in states)
        if exact.keys() != mine.keys():
            odd = ", ".join(sorted(exact.keys() ^ mine.keys()))
            raise ValueError(f"parameters that only one of the models has: {odd}")
        for name in exact:
            apart = distance(own[0][name], exact[name]) if own else 0.0
            furthest[name] = max(furthest.get(name, ROUNDING), apart)
            rows.append((step, name, distance(mine[name], exact[name]), apart))
    for step, name, apart, own_apart in rows:
        limit = FLOAT64 if theirs is None else FACTOR * furthest[name]
        yield Drift(step, name, apart, limit, own_apart)
