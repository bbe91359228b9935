"""How far two training runs are apart, and how far they may be.

The distance between two arrays is their largest difference divided by the largest magnitude; the
loss counts as one more array. All runs are compared with PyTorch's in float64. At every step, a
float64 run must be within FLOAT64 of it. A float32 run must be within FACTOR times the largest
distance that PyTorch's own float32 run has at any step, for the loss and for each parameter.

At any step, because at a single step the distance is a matter of chance: Adam divides a gradient by
its own magnitude, so where a gradient is as small as its rounding error, the update is noise. With
oneDNN's kernels instead of its own, PyTorch's distances differ by a factor of 44 at one step. For
the same reason the largest distance counts as at least u, the rounding of the largest element.
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
    """One array after one step: how far we, and PyTorch in float32, are from the float64 run."""

    step: int
    name: str
    ours: float
    limit: float
    theirs: float

    @property
    def share(self) -> float:
        """Our distance as a share of its limit: above 1 the run fails."""
        if self.ours == 0.0:
            return 0.0
        return self.ours / self.limit if self.limit else np.inf


def distance(a: np.ndarray | float, b: np.ndarray | float) -> float:
    """Return the distance of `a` from `b`, infinity if either has NaN or infinity."""
    ours, exact = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if ours.shape != exact.shape or not (np.isfinite(ours).all() and np.isfinite(exact).all()):
        return np.inf
    largest = float(np.abs(exact).max(initial=0.0))
    difference = float(np.abs(ours - exact).max(initial=0.0))
    return difference / largest if largest else difference


def drifts(
    reference: Iterator[Step], ours: Iterator[Step], theirs: Iterator[Step] | None
) -> Iterator[Drift]:
    """Yield a Drift for the loss and each parameter of each step, once the runs are complete.

    `reference` is PyTorch in float64, `theirs` PyTorch in float32, or None if ours is in float64.
    Raises ValueError if the runs differ in length or in the names of their parameters.
    """
    rows: list[tuple[int, str, float, float]] = []
    furthest: dict[str, float] = {}
    runs = (reference, ours) if theirs is None else (reference, ours, theirs)
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
