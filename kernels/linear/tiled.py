"""Tiled matrix product: every element of a and b is read from memory once for TILE outputs.

    c[i, j] = sum over l of a[i, l] * b[l, j]   (+ bias[j])

A block of TILE x TILE threads computes a TILE x TILE piece of c, thread (tx, ty) the element in row
ty and column tx. It walks along l a tile at a time: all threads together load a piece of a and a
piece of b into shared memory, then each sums TILE products from there.

A warp loads neighbours: along l or, where the matrix is a transposed view, across it (`turn`). Rows
of PADDED words keep both ways, and the reads of the sum, out of each other's banks; but when a warp
stores two rows, the first word of one and the last of the other share a bank. Any strides.

What it gains: 9.0 times fewer bytes of global memory than direct.py, in the small layer of
`python -m crosscheck.kernels.inspect --memory linear` (docs/memory.md).
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.tiles import TILE, count
from crosscheck.kernels.unravel import extents, unravel

PADDED = TILE + 1


@kernel
def product_kernel(a, b, bias, c, turn_a, turn_b, tiles):
    """a (i, l), b (l, j), bias (j) or (0), c (i, j); tiles counts them along (i, j, l)."""
    a_tile = cuda.shared.array((TILE, PADDED), real)
    b_tile = cuda.shared.array((TILE, PADDED), real)
    rows, columns = extents(c)
    terms = index(a.shape[1])
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)
    column_tile, row_tile = unravel(index(cuda.blockIdx.x), tiles[0])
    top, left = row_tile * TILE, column_tile * TILE

    a_row, a_column = (tx, ty) if turn_a else (ty, tx)  # the element of each tile to load
    b_row, b_column = (tx, ty) if turn_b else (ty, tx)
    load_i, load_j = top + a_row, left + b_column
    acc = real(0)
    for first in range(0, tiles[2] * TILE, TILE):
        n = first + a_column
        value = real(0)
        if load_i < rows and n < terms:
            value = a[load_i, n]
        a_tile[a_row, a_column] = value

        n = first + b_row
        value = real(0)
        if n < terms and load_j < columns:
            value = b[n, load_j]
        b_tile[b_row, b_column] = value
        cuda.syncthreads()  # both tiles are complete before anyone reads them

        for n in range(TILE):
            acc += a_tile[ty, n] * b_tile[n, tx]
        cuda.syncthreads()  # everyone has read both tiles before the next step overwrites them

    i, j = top + ty, left + tx
    if i < rows and j < columns:
        if bias.shape[0] != 0:
            acc += bias[j]
        c[i, j] = acc


def product(a: Array, b: Array, bias: Array, c: Array) -> None:
    tiles = count(c.shape[0]), count(c.shape[1]), count(a.shape[1])
    launch = product_kernel[tiles[0] * tiles[1], (TILE, TILE)]
    launch(a, b, bias, c, _is_turned(a), _is_turned(b), tiles)


def _is_turned(matrix: Array) -> bool:
    """Whether neighbours in memory lie down a column."""
    return abs(matrix.strides[0]) < abs(matrix.strides[1])
