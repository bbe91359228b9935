"""Lesson 5: one block reverses x chunk by chunk, through a tile that it uses again and again.

Put a barrier, cuda.syncthreads(), wherever one is needed, and nowhere else. Then say what would go
wrong without the first and without the second: a number is "not there yet" when another thread
reads it, or is "overwritten" before.
"""

from numba import cuda, float32

THREADS = 64

WITHOUT_THE_FIRST = "?"
WITHOUT_THE_SECOND = "?"


@cuda.jit
def reverse_chunks(x, y):
    """x, y (i), a multiple of THREADS."""
    tile = cuda.shared.array(THREADS, float32)
    t = cuda.threadIdx.x
    for start in range(0, x.shape[0], THREADS):
        tile[t] = x[start + t]
        y[start + t] = tile[THREADS - 1 - t]
