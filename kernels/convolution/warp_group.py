"""Convolution on Hopper's tensor cores: four warps multiply what is in shared memory, by wgmma.

What it adds to `tensor_core` (tensor_cores/group_product.py has the kernel):

    products by four warps        64 positions by 128 or 256 filters an instruction, asynchronously
    operands in shared memory     no loads and no registers for them; 96 or 192 KB for tiles

What it gains: the 38 % of an H200's peak that mma.sync leaves. 128 x 128 outputs, of which two
blocks are on an SM, are bound by shared memory at 76 % of the peak, 256 x 128 at 97 %; what one
block alone cannot hide is not in that. Forward and input gradient: the weight gradient sums over
positions, and of 32-bit words wgmma takes no operand that lies the other way.

Numbers: as `tensor_core` has them, but that wgmma reads images of float32 as they lie in memory,
and ignores their low 13 bits: they are cut to TF32, not rounded, which is an error of up to 2^-10
of each, toward zero. The weights are rounded. A NaN that has nothing but low bits becomes infinity.

It is made for compute capability 9.0 and nothing else, and has not been run on a GPU yet: it is
never chosen, only run by name.
"""

from functools import partial

from crosscheck.kernels.convolution.tensor_cores import launch
from crosscheck.kernels.convolution.tensor_cores.group_tile import GroupTile
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.schedule import Scheduled


def _tiles(kind: Kind, small: float, large: float) -> tuple[GroupTile, ...]:
    """Return the tiles of a kind, with these ceilings: what shared memory leaves, and all."""
    return (
        GroupTile(256, 128, kind, stages=4, blocks=1, ceiling=large),
        GroupTile(128, 128, kind, stages=3, blocks=2, ceiling=small),
    )


TILES = {
    "float32": _tiles(Kind.TF32, 5.62, 7.15),
    "float16": _tiles(Kind.F16, 11.2, 14.3),
    "bfloat16": _tiles(Kind.BF16, 11.2, 14.3),
}


forward = Scheduled(partial(launch.forward, TILES, kernels=launch.BY_GROUPS))
input_gradient = Scheduled(partial(launch.input_gradient, TILES, kernels=launch.BY_GROUPS))
