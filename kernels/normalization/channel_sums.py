"""Sums for every channel: how its activations are shared out to blocks, and their parts added.

The kernels, and what they sum, are in `channel_sums_kernels`.
"""

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import device_function, index, real
from crosscheck.kernels.normalization.channel_sums_kernels import (
    THREADS,
    UNROLLED,
    WIDTH,
    Terms,
    columns,
    planes,
)
from crosscheck.kernels.normalization.dense import Dense

BLOCKS = 8  # of 256 threads, on an SM


def sums_of(this: Terms, dense: Dense, mean: Array) -> Array:
    """Return sums (2, parts, c); mean (c) is what `center` reads.

    `dense.rows` are x and, with two operands, dy.
    """
    x, dy = dense.rows[0], dense.rows[this.operands - 1]
    _, outer, channels, inner = dense
    vector, sms = dense.vector, arrays.place(x).multiprocessors
    if inner == 1:
        across, lines = -(-channels // WIDTH), THREADS // (WIDTH // vector)
        work, build = outer, columns
    else:
        across, lines = channels, THREADS
        work, build = outer * inner // vector, planes
    # As many parts as fill the GPU, but no thread with less than a round of loads.
    wanted = min(-(-sms * BLOCKS // across), -(-work // (lines * UNROLLED)))
    share = -(-work // wanted)
    parts = -(-work // share)
    sums = arrays.workspace((2, parts, channels), x)
    launch = build(this, vector)[across * parts, THREADS]
    launch(x, dy, mean, sums, outer, channels, inner, share)
    return sums


@device_function
def total_of(sums, which, c):
    """Return the parts of a channel's sum, added in order."""
    total = real(0)
    for part in range(index(sums.shape[1])):
        total += sums[which, part, c]
    return total
