"""The end of Winograd's kernel: its sums become outputs, by way of shared memory.

The 16 sums of a tile of outputs and a column are in the registers of eight warps. A block writes
them to shared memory, 16 columns at a time, and a thread reads all those of a tile and a column.

Shared memory: [frequency, column, tile], rows of tiles with two quads that nobody uses. Without
them the columns that a warp writes at once would lie in the same banks.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.winograd_transforms import (
    FREQUENCIES,
    OUTPUTS,
    SIDE,
    transform_outputs,
)
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, real
from crosscheck.kernels.register_tile import WARP, RegisterTile, placement

HALF = 8  # of a warp's lanes along columns: each brings two


@cache
def epilogue(tile: RegisterTile, threads: int) -> DeviceFunction:
    """Return put_columns(acc, acc_next, j, ...): stores columns j and j + 1 of each thread.

    A thread writes the outputs of one tile, number `patch` of the block, at (n, p, q) of all, for
    one column of the 16, number `slot`, or two. Columns are counted in a group: the block's from
    `first` on, in y from `base` on.
    """
    M, ROWS = tile.rows, tile.thread_rows
    ROW = M // 4 + 2  # quads
    FREQUENCY = 2 * HALF * ROW
    place = placement(tile)

    @device_function
    def put_sums(acc, j, shared, to):
        for half in range(2):
            for i in range(ROWS):
                shared[np.int64(to) + (half * HALF * ROW + i // 4 * 4), i % 4] = acc[i, j + half]

    @device_function
    def put_outputs(shared, at, lane, bias, y, part, n, p, q, k):
        m = cuda.local.array(FREQUENCIES, real)
        for f in range(FREQUENCIES):
            m[f] = shared[np.int64(at) + f * FREQUENCY, lane]
        transform_outputs(m)
        start = real(0)
        if bias.shape[0] != 0 and part == 0:
            start = bias[k]
        for i in range(OUTPUTS):
            for j in range(OUTPUTS):
                if p + index(i) < index(y.shape[3]) and q + index(j) < index(y.shape[4]):
                    y[part, n, k, p + index(i), q + index(j)] = m[SIDE * i + j] + start

    @device_function
    def put_columns(
        acc, acc_next, j, shared, bias, y, patch, slot, part, n, p, q, base, first, columns
    ):
        t = index(cuda.threadIdx.x)
        row, column = place(t % WARP)
        to = t // WARP * 2 * FREQUENCY + column * ROW + row
        cuda.syncthreads()  # everyone has read what was in shared memory before
        put_sums(acc, j, shared, to)
        put_sums(acc_next, j, shared, to + FREQUENCY)
        cuda.syncthreads()  # all sums are there
        for i in range(2 * HALF * M // threads):
            here = slot + index(i * (threads // M))
            k = first + here % HALF * 4 + here // HALF + index(j // 4 * 32 + j % 4)
            if n < index(y.shape[1]) and k < columns:
                at = here * ROW + patch // 4
                put_outputs(
                    shared, at, patch % 4, bias, y, part, n, p * OUTPUTS, q * OUTPUTS, base + k
                )

    return put_columns
