"""Lesson 9: y[k] = sum over j of x[j] * w[j, k], x in chunks through a tile. It is right, and
while it multiplies it loads nothing.

Load the next chunk into a register before the products, store it behind them, into another tile
than that of this chunk: then one barrier a turn is enough.
"""

from numba import cuda, float32

THREADS = 64


@cuda.jit
def linear(x, w, y):
    """x (j), w (j, k), y (k): one block of THREADS, and j a multiple of THREADS."""
    tile = cuda.shared.array(THREADS, float32)
    k = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.shape[0], THREADS):
        tile[k] = x[start + k]
        cuda.syncthreads()
        for j in range(THREADS):
            total += tile[j] * w[start + j, k]
        cuda.syncthreads()
    y[k] = total
