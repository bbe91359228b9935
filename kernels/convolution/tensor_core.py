"""Convolution on tensor cores: a warp makes 16 x 8 outputs' products by one instruction, mma.sync.

What it adds to `pipelined` (tensor_cores/product.py and weight_product.py have the kernels):

    products by the warp          2048 operations an instruction, 4096 of 16 bits, instead of 64
    tables instead of geometry    the loop has no division, no comparison with R, S, C, P or Q
    weights laid out by lanes     one load of 128 bits for the rows of an mma
    three stages of copies        two tiles are on their way while one is multiplied: one barrier

What it gains: 64 HMMA in 200 instructions with 128 x 128 outputs a block, in warps of 64 x 64: what
mma.sync can give, which is all of an A100's TF32 peak and 62 % of an H200's, whose other 38 % only
wgmma reaches: at most 4.6 times what `pipelined` can. Warps of 64 x 64 balance shared memory with
the products; smaller tiles halve the ceiling, so the sum is split over blocks instead.

Numbers: arrays of float32 are rounded to TF32, 11 bits of 24: an error of 2^-10 of each product.
So it is never chosen for them unless they ask for that. Those of 16 bits are multiplied as they
are, and exactly; sums are float32. How tensor cores add is in tensor_core_3x.py.

Images are read in NHWC, a group's channels in whole quads of 16 bytes. Others are brought there
first (tensor_cores/images.py), which costs what reading and writing them once does. Any strides,
padding, dilation and groups; R + S up to 31; on sm_80 and newer.
"""

from functools import partial

from crosscheck.kernels.convolution.lookup import MAX_TAPS
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_cores import launch, weight_launch
from crosscheck.kernels.convolution.tensor_cores.tile import Kind, WarpTile
from crosscheck.kernels.schedule import Scheduled


def _tiles(kind: Kind, *ceilings: float) -> tuple[WarpTile, ...]:
    """Return the tiles of a kind, with these ceilings: what HMMA and shared memory leave."""
    large, middle, small = ceilings
    return (
        WarpTile(128, 128, 64, 64, kind, blocks=2, ceiling=large),
        WarpTile(128, 64, 64, 32, kind, blocks=4, ceiling=middle),
        WarpTile(64, 64, 32, 32, kind, blocks=4, ceiling=small),
    )


TILES = {
    "float32": _tiles(Kind.TF32, 4.57, 3.1, 2.26),
    "float16": _tiles(Kind.F16, 9.15, 6.2, 4.53),
    "bfloat16": _tiles(Kind.BF16, 9.15, 6.2, 4.53),
}
WEIGHT_TILES = {
    "float32": (
        WarpTile(128, 128, 64, 64, Kind.TF32, blocks=2, ceiling=4.57),
        WarpTile(64, 64, 32, 32, Kind.TF32, blocks=4, ceiling=2.26),
    ),
    "float16": (
        WarpTile(128, 128, 64, 64, Kind.F16, blocks=2, ceiling=9.15),
        WarpTile(64, 64, 32, 32, Kind.F16, blocks=4, ceiling=4.53),
    ),
    "bfloat16": (
        WarpTile(128, 128, 64, 64, Kind.BF16, blocks=2, ceiling=9.15),
        WarpTile(64, 64, 32, 32, Kind.BF16, blocks=4, ceiling=4.53),
    ),
}


def unsupported(problem: Problem) -> str:
    """Return why the tables cannot describe this problem, "" where they can."""
    taps = problem.r + problem.s
    return "" if taps <= MAX_TAPS else f"r + s is {taps}; expected at most {MAX_TAPS}"


forward = Scheduled(partial(launch.forward, TILES))
input_gradient = Scheduled(partial(launch.input_gradient, TILES))
weight_gradient = Scheduled(partial(weight_launch.weight_gradient, WEIGHT_TILES))
