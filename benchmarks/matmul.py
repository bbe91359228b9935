"""The tiled matrix product of every CUDA course, in plain numba.cuda: C = A B.

One thread computes one element of C; a block computes a TILE x TILE square of it, and walks along
the inner dimension a tile at a time. The sides of A, B and C are multiples of TILE.

Runs on the GPU, on numba's simulator and on our CPU device, unchanged.
"""

from numba import cuda, float32

TILE = 16


def matmul(a, b, c):
    tile_a = cuda.shared.array((TILE, TILE), float32)
    tile_b = cuda.shared.array((TILE, TILE), float32)
    column, row = cuda.grid(2)
    x = cuda.threadIdx.x
    y = cuda.threadIdx.y
    total = float32(0)
    for start in range(0, a.shape[1], TILE):
        tile_a[y, x] = a[row, start + x]
        tile_b[y, x] = b[start + y, column]
        cuda.syncthreads()  # the tiles are complete before anyone reads them
        for k in range(TILE):
            total += tile_a[y, k] * tile_b[k, x]
        cuda.syncthreads()  # everyone has read the tiles before they are overwritten
    c[row, column] = total
