"""Pointwise convolution: a filter of one tap makes a matrix product of the images themselves.

What it adds to `pipelined`: without stride and padding, the positions of an image in NCHW are its
pixels, in their order. Four of them, where images have a multiple of 4 and begin on 16 bytes, are
a quad of the shared tile: one copy of 16 bytes brings them, with one look-up and one test.

What it gains: 576 instructions for 512 FMAs with 128 x 128 outputs a block, at most 88.9 % of the
FFMA peak where `pipelined` reaches 86.8 %, and 92.5 % with 256 x 128 instead of 91.5 % (float32,
sm_90a).

Takes every 1 x 1 filter, on sm_80 and newer. In NHWC it is `pipelined`, which is a plain product
then; strided or padded, and in the weight gradient of NCHW, it is `pipelined`, too.
"""

from functools import partial

import numpy as np

from crosscheck.kernels.convolution import implicit_gemm_launch as implicit
from crosscheck.kernels.convolution import pipelined
from crosscheck.kernels.convolution.mover import POSITIONS
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Scheduled

TILES = {
    np.float32: (
        RegisterTile(256, 128, thread_rows=16, registers=255, ceiling=0.925),
        RegisterTile(128, 128, ceiling=0.889),
        RegisterTile(128, 64, ceiling=0.884),
        RegisterTile(64, 64, ceiling=0.88),
    ),
    np.float64: pipelined.TILES[np.float64],
}
RUNG = implicit.Rung({POSITIONS: TILES, **pipelined.RUNG.tiles}, pipelined.by_copies)
WEIGHT_RUNG = pipelined.WEIGHT_RUNG


def unsupported(problem: Problem) -> str:
    """Return why this is no product of matrices, "" where it is."""
    taps = problem.r, problem.s
    return "" if taps == (1, 1) else f"(r, s) is {taps}; expected (1, 1)"


forward = Scheduled(partial(implicit.forward, RUNG))
input_gradient = Scheduled(partial(implicit.input_gradient, RUNG))
weight_gradient = pipelined.weight_gradient
