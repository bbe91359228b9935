"""The largest element m of a row, and the sum of exp(x - m) over it: what softmax divides by.

Rows run along n of an array (outer, n, inner). One thread takes a whole row, or a block of THREADS
does. Then thread t takes the elements t, t + THREADS, ... and a tree in shared memory combines the
threads' results.

The loops are `while` loops. As ranges they take cross entropy's gradient from 32 registers to 40,
so from 64 warps on an SM to 48 (float32, sm_90a).
"""

import math

from crosscheck.kernels.block_reduce import THREADS, block_max, block_sum
from crosscheck.kernels.launch import device_function, index, real


@device_function
def largest(x, o, i, first, step):
    """Return the largest of the elements first, first + step, ... of a row.

    NaN is left out: it comes back in the sum.
    """
    n = index(x.shape[1])
    m = real(-math.inf)
    j = first
    while j < n:
        m = max(m, x[o, j, i]) if x[o, j, i] == x[o, j, i] else m
        j += step
    return m


@device_function
def sum_exp(x, o, i, m, first, step):
    """Return the sum of exp(x - m) over the elements first, first + step, ... of a row."""
    n = index(x.shape[1])
    s = real(0)
    j = first
    while j < n:
        s += math.exp(x[o, j, i] - m)
        j += step
    return s


@device_function
def row_max(x, o, i):
    """Return the largest of a row, by one thread."""
    return largest(x, o, i, index(0), index(1))


@device_function
def row_sum_exp(x, o, i, m):
    """Return the sum of exp(x - m) over a row, by one thread."""
    return sum_exp(x, o, i, m, index(0), index(1))


@device_function
def block_row_max(x, o, i, t, scratch):
    """Return the largest of a row, by a block."""
    return block_max(scratch, t, largest(x, o, i, t, index(THREADS)))


@device_function
def block_row_sum_exp(x, o, i, m, t, scratch):
    """Return the sum of exp(x - m) over a row, by a block."""
    return block_sum(scratch, t, sum_exp(x, o, i, m, t, index(THREADS)))
