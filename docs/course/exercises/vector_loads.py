"""Lesson 8: y[i] = 2 * x[i], 16 bytes an access. Four elements a thread; x has fewer than threads
times four, and what is left at the end need not be a whole quad.

`kernel`, `index` and `real` are Crosscheck's: one source for both devices, float32 and float64.
load_quad(x, at) gives x[at], x[at + 1], x[at + 2], x[at + 3]; store_quad(y, at, four) writes them.
"""

from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.ptx import load_quad, store_quad  # noqa: F401  yours to use


@kernel
def double(x, y):
    """x, y (i)."""
    at = index(cuda.grid(1)) * 4
    for i in range(index(4)):
        if at + i < index(x.shape[0]):
            y[at + i] = real(2) * x[at + i]
