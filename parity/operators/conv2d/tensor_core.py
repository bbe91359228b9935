"""conv2d problems: numbers that show how the rungs on tensor cores round, and their edges.

TF32 keeps 11 of a float32's 24 bits. Of 1 + 2^-10 - 2^-23 all the others are ones: rounded, it goes
up by 2^-23, cut off, down by nearly 2^-10. 1 + 2^-11 - 2^-23 goes down by nearly 2^-11 either way.
So sums of such products show what is cut off where it should be rounded, beyond any bound.
"""

import numpy as np

from crosscheck.parity.operators.conv2d.geometry import conv
from crosscheck.parity.problem import Problem

ONES, HALF = 1 + 2.0**-10 - 2.0**-23, 1 + 2.0**-11 - 2.0**-23  # of the bits that TF32 leaves out


def _given(name: str, reason: str, input: np.ndarray, weight: np.ndarray) -> Problem:
    return Problem("conv2d", name, reason, {"input": input, "weight": weight})


def _positive() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((1, 64, 4, 5)) + 0.5, rng.random((4, 64, 3, 3)) + 0.5


PROBLEMS = (
    _given(
        "cut-small-parts",
        "three products of TF32: big parts that are cut leave too much",
        np.full((1, 8, 3, 3), ONES),
        np.full((4, 8, 1, 1), ONES),
    ),
    _given(
        "cut-weights",
        "TF32: weights that are cut, not rounded",
        np.full((1, 8, 3, 3), HALF),
        np.full((4, 8, 1, 1), ONES),
    ),
    _given(
        "cut-images",
        "TF32: images that are cut, not rounded",
        np.full((1, 8, 3, 3), ONES),
        np.full((4, 8, 1, 1), HALF),
    ),
    _given(
        "positive-sums",
        "576 terms of one sign: what tensor cores cut off adds up, if they keep the sum",
        *_positive(),
    ),
    conv(
        "warp-tiles",
        "filters and positions past a block, and a sum of several tiles, in channels_last",
        (2, 20, 9, 9),
        (68, 20, 3, 3),
        layout="channels_last",
        padding=1,
        stride=(2, 1),
    ),
    conv(
        "eights",
        "channels and filters in eights, which 16 bits copy as they lie",
        (2, 16, 7, 6),
        (24, 16, 3, 3),
        layout="channels_last",
        padding=1,
    ),
)
