"""Lesson 7: c = a b, 32 x 32 outputs a block. It takes two words from shared memory for a product.

Let a thread compute several outputs of a column, ROWS apart: each word of b is then used for all of
them. With fewer threads, each also has to load more of both tiles.
"""

from numba import cuda, float32

TILE = 32
ROWS = 32  # of threads; what a thread computes: rows ty, ty + ROWS, ty + 2 * ROWS, ...
OUTPUTS = TILE // ROWS  # of a thread
BLOCK = (TILE, ROWS)


@cuda.jit
def product(a, b, c):
    """a (row, k), b (k, column), c (row, column): one block, and k a multiple of TILE."""
    a_tile = cuda.shared.array((TILE, TILE), float32)
    b_tile = cuda.shared.array((TILE, TILE), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)  # for several outputs: sums = cuda.local.array(OUTPUTS, float32)
    for start in range(0, a.shape[1], TILE):
        a_tile[ty, tx] = a[ty, start + tx]
        b_tile[ty, tx] = b[start + ty, tx]
        cuda.syncthreads()
        for k in range(TILE):
            total += a_tile[ty, k] * b_tile[k, tx]
        cuda.syncthreads()
    c[ty, tx] = total
