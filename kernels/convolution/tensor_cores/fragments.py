"""The weights as the lanes of a warp read them: one load of 128 bits for the rows of an mma.

A lane wants four words of an mma's sixteen rows (multiplication.py). Here they lie side by side:

    fragments  (lattice, group, tile of filters, tile of terms, step, sixteen filters, lane, 4)

Which words of the sum a lane multiplies is free, if images and weights agree. So lane t takes the
quad t of a position's sixteen words, which one load brings: words 0 and 1 in the first step, 2 and
3 in the second. Which filter is which row is free, too. They are dealt so that the four outputs of
a lane's two rows in two neighbouring sixteens are those of four neighbouring filters, which lie
side by side in NHWC.
"""

from functools import cache

from crosscheck.kernels.convolution.tensor_cores import weights
from crosscheck.kernels.convolution.tensor_cores.tile import LANES, WarpTile
from crosscheck.kernels.launch import Kernel, device_function, index
from crosscheck.kernels.unravel import unravel


@cache
def preparation(tile: WarpTile) -> Kernel:
    """Return the kernel that writes the fragments of a tile's weights."""
    M, WARP_ROWS = tile.rows, tile.warp_rows
    SIXTEENS, OF_A_WARP = M // 16, WARP_ROWS // 16

    @device_function
    def find(at):
        place, lane, e = unravel(at, index(LANES), index(4))
        step, sixteen = unravel(place, index(SIXTEENS))
        row = sixteen // OF_A_WARP * WARP_ROWS + sixteen % OF_A_WARP // 2 * 32
        row += lane // 4 * 4 + sixteen % 2 * 2 + e % 2
        return row, lane % 4 * 4 + step * 2 + e // 2

    return weights.preparation("fragments", tile, find)
