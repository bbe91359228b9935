"""The weights as wgmma reads them: a row of 128 bytes for each filter, swizzled.

    rows  (lattice, group, tile of filters, tile of terms, filter, quad ^ filter % 8, 4)

Filters are dealt to rows so that the outputs of a lane are quads of neighbours: wgmma gives it two
columns of every eight. Where the images come from registers (group_steps.py), a lane has read their
quads 2 t and 2 t + 1, of which a step takes two words; the words of the weights are dealt alike.
"""

from functools import cache

from crosscheck.kernels.convolution.tensor_cores import weights
from crosscheck.kernels.convolution.tensor_cores.group_tile import QUADS, GroupTile
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.launch import Kernel, device_function, index
from crosscheck.kernels.unravel import unravel


@cache
def preparation(tile: GroupTile) -> Kernel:
    """Return the kernel that writes the rows of a tile's weights."""

    DEALT = tile.kind == Kind.TF32_3X

    @device_function
    def find(at):
        row, quad, e = unravel(at, index(QUADS), index(4))
        filter_ = row // 16 * 16 + row % 8 // 2 * 4 + row // 8 % 2 * 2 + row % 2
        quad ^= row % 8
        word = quad * 4 + e
        if DEALT:  # the step is word // 8, the place in it word % 8
            word = (2 * e + quad // 4) * 4 + quad % 4 // 2 * 2 + quad % 2
        return filter_, word

    return weights.preparation("rows", tile, find)
