"""The weights as tiles are read, with zeros around: written once for a launch of the product.

What a kernel reads at which place is its own affair (fragments.py, rows.py); where that word is in
the weights the tables say (lookup.py).
"""

import numpy as np

from crosscheck.kernels.convolution.lookup import NOTHING
from crosscheck.kernels.convolution.tensor_cores.group_tile import GroupTile
from crosscheck.kernels.convolution.tensor_cores.multiplication import split
from crosscheck.kernels.convolution.tensor_cores.tile import Kind, WarpTile
from crosscheck.kernels.launch import DeviceFunction, Kernel, cuda, index, kernel
from crosscheck.kernels.ptx import to_tf32
from crosscheck.kernels.unravel import unravel


def preparation(name: str, tile: WarpTile | GroupTile, find: DeviceFunction) -> Kernel:
    """Return the kernel that writes a tile's weights.

    find   (place in the tile) -> the row of the tile and the word of it that are there; where the
           tile has more rows of weights than filters, the further ones are the small parts
    """
    M, WORDS, PACKED = tile.rows, tile.words, tile.kind.packed
    ROUNDED, SPLIT = tile.kind == Kind.TF32, tile.weight_rows > tile.rows
    TILE_WORDS = WORDS * tile.weight_rows

    @kernel
    def weights_kernel(w, taps, weights, strides, groups, down, tiles, columns):
        """w: the elements' bits, flat; taps (lattice, term), weights flat (lattice, group, tile of
        columns, tile of terms, place); strides: of w (group, column); columns: of a group; down,
        tiles: tiles of columns and of terms. A thread writes one word.
        """
        i = index(cuda.grid(1))
        if i < index(weights.shape[0]):
            block, at = unravel(i, index(TILE_WORDS))
            lattice_group, row_tile, term_tile = unravel(block, down, tiles)
            lattice, group = unravel(lattice_group, groups)
            row, of_row = find(at)
            column, word = row_tile * M + row % M, term_tile * WORDS + of_row
            bits = np.uint32(0)
            for half in range(PACKED):
                tap = taps[(lattice * tiles * WORDS + word) * PACKED + index(half)]
                if tap != NOTHING and column < columns:
                    element = w[group * strides[0] + column * strides[1] + index(tap)]
                    bits = np.uint32(bits | np.uint32(np.uint32(element) << np.uint32(16 * half)))
            if ROUNDED:
                bits = to_tf32(bits)
            if SPLIT:
                big, small = split(bits)
                bits = big if row < M else small
            weights[i] = bits

    weights_kernel.rename(f"{name}_kernel_{tile}")
    return weights_kernel
