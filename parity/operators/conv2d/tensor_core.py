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


def _below_the_cut() -> tuple[np.ndarray, np.ndarray]:
    """Return a product of 1, and 95 whose three parts each are just below a multiple of 2^-25,
    the last bit that an H100 keeps beside 1.
    """
    images, weights = np.ones((1, 96, 2, 3)), np.ones((4, 96, 1, 1))
    images[:, 1:], weights[:, 1:] = float.fromhex("0x1.0ec822p-9"), float.fromhex("0x1.1b4f1ep0")
    return images, weights


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
        "below-the-cut",
        "three products of TF32: tensor cores that keep the sum cut off nearly a unit of each",
        *_below_the_cut(),
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
