"""Lesson 6: a transpose. It is coalesced on both sides, and reads its tile in 32 passes."""

from numba import cuda, float32

TILE = 32
WIDTH = TILE  # of a row of the tile, in words


@cuda.jit
def transpose(x, y):
    """x (row, column), y (column, row); a block has TILE x TILE threads."""
    tile = cuda.shared.array((TILE, WIDTH), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    left, top = TILE * cuda.blockIdx.x, TILE * cuda.blockIdx.y
    tile[ty, tx] = x[top + ty, left + tx]
    cuda.syncthreads()
    y[left + ty, top + tx] = tile[tx, ty]
