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

import numpy as np

from crosscheck.kernels.convolution.lookup import NOTHING
from crosscheck.kernels.convolution.tensor_cores.tile import LANES, WORDS, Kind, WarpTile
from crosscheck.kernels.launch import Kernel, cuda, index, kernel
from crosscheck.kernels.ptx import to_tf32
from crosscheck.kernels.unravel import unravel

STEPS = 2  # of a tile: an mma takes 8 words of each row


@cache
def preparation(tile: WarpTile) -> Kernel:
    """Return the kernel that writes the fragments of a tile's weights."""
    M, WARP_ROWS, PACKED, ROUNDED = (
        tile.rows,
        tile.warp_rows,
        tile.kind.packed,
        tile.kind == Kind.TF32,
    )
    SIXTEENS, OF_A_WARP = M // 16, WARP_ROWS // 16
    TILE_WORDS = WORDS * M

    @kernel
    def fragments_kernel(w, taps, fragments, strides, groups, down, tiles, columns):
        """w: the elements' bits, flat; taps (lattice, term), fragments flat; strides: of w (group,
        column); columns: of a group; down, tiles: tiles of columns and of terms. A thread writes
        one word.
        """
        i = index(cuda.grid(1))
        if i < index(fragments.shape[0]):
            block, at = unravel(i, index(TILE_WORDS))
            lattice_group, row_tile, term_tile = unravel(block, down, tiles)
            lattice, group = unravel(lattice_group, groups)
            place, lane, e = unravel(at, index(LANES), index(4))
            step, sixteen = unravel(place, index(SIXTEENS))
            row = sixteen // OF_A_WARP * WARP_ROWS + sixteen % OF_A_WARP // 2 * 32
            row += lane // 4 * 4 + sixteen % 2 * 2 + e % 2
            column = row_tile * M + row
            word = term_tile * WORDS + lane % 4 * 4 + step * 2 + e // 2
            bits = np.uint32(0)
            for half in range(PACKED):
                tap = taps[(lattice * tiles * WORDS + word) * PACKED + index(half)]
                if tap != NOTHING and column < columns:
                    element = w[group * strides[0] + column * strides[1] + index(tap)]
                    bits = np.uint32(bits | np.uint32(np.uint32(element) << np.uint32(16 * half)))
            if ROUNDED:
                bits = to_tf32(bits)
            fragments[i] = bits

    fragments_kernel.rename(f"fragments_kernel_{tile}")
    return fragments_kernel
