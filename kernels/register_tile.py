"""Tiles whose outputs stay in registers: what a thread reads from shared memory feeds many FMAs.

A block computes `rows` x `columns` outputs of a product of two matrices, a thread of it
`thread_rows` x `thread_columns`. For 8 x 8 outputs a step reads 16 numbers from shared memory and
makes 64 FMAs of them. With one output a thread it reads two for one FMA, and shared memory, which
gives 32 words in a cycle where an SM can make 128 FMAs, cannot feed more than an eighth of them.

The shared tiles are arrays of quads, [quad, lane]: the compiler sees that a quad lies on 16 bytes
and makes one 128-bit load of four reads. `np.int64(quad) + constant`: a 32-bit sum could wrap, so
its constant could not move into the load, and every load would cost an addition of its own.

Threads: a warp is 4 x 8 of them. Its lanes i and i ^ 1 want the same columns, i and i ^ 2 the same
rows; such pairs are served together. A thread's rows are quads 16 apart, its columns quads 32
apart, so that the quads which a warp reads at once lie side by side.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from crosscheck.kernels.launch import DeviceFunction, device_function

WARP = 32
REGISTERS = 65536  # of an SM


@dataclass(frozen=True)
class RegisterTile:
    """A tile of `rows` x `columns` outputs, `depth` terms of their sums at a time.

    registers  how many a thread gets; with fewer, more blocks fit on an SM, until it spills
    ceiling    the share of the FMA peak that the main loop can reach; `inspect` counts it
    """

    rows: int
    columns: int
    thread_rows: int = 8
    thread_columns: int = 8
    depth: int = 8
    registers: int = 128
    ceiling: float = 1.0

    @property
    def threads(self) -> int:
        """In a block."""
        return self.rows * self.columns // (self.thread_rows * self.thread_columns)

    @property
    def blocks(self) -> int:
        """On an SM."""
        return REGISTERS // (self.registers * self.threads)

    def __str__(self) -> str:
        return f"{self.rows}x{self.columns}"


def power_of_two(n: int) -> int:
    """Return the smallest one that is at least n."""
    return 1 << (n - 1).bit_length()


@cache
def multiplication(tile: RegisterTile, a_row: int, b_row: int) -> DeviceFunction:
    """Return multiply(a_tile, b_tile, row, column, a, b, acc): `depth` steps of an outer product.

    a_row and b_row are the quads of a row of the shared tiles; row and column the thread's first
    quads in them; a and b its registers for one step; acc its outputs.
    """
    rows, columns, depth = tile.thread_rows, tile.thread_columns, tile.depth

    @device_function
    def step(a_tile, b_tile, row, column, k, a, b, acc):
        for i in range(rows):
            a[i] = a_tile[np.int64(row) + (k * a_row + i // 4 * 4), i % 4]
        for j in range(columns):
            b[j] = b_tile[np.int64(column) + (k * b_row + j // 4 * 8), j % 4]
        for i in range(rows):
            for j in range(columns):
                acc[i, j] += a[i] * b[j]

    @device_function
    def eight_steps(a_tile, b_tile, row, column, k, a, b, acc):
        # Written out: the compiler unrolls no loop around this much code, and k must be a constant.
        step(a_tile, b_tile, row, column, k, a, b, acc)
        step(a_tile, b_tile, row, column, k + 1, a, b, acc)
        step(a_tile, b_tile, row, column, k + 2, a, b, acc)
        step(a_tile, b_tile, row, column, k + 3, a, b, acc)
        step(a_tile, b_tile, row, column, k + 4, a, b, acc)
        step(a_tile, b_tile, row, column, k + 5, a, b, acc)
        step(a_tile, b_tile, row, column, k + 6, a, b, acc)
        step(a_tile, b_tile, row, column, k + 7, a, b, acc)

    @device_function
    def multiply(a_tile, b_tile, row, column, a, b, acc):
        eight_steps(a_tile, b_tile, row, column, 0, a, b, acc)
        if depth == 16:
            eight_steps(a_tile, b_tile, row, column, 8, a, b, acc)

    return multiply


@cache
def placement(tile: RegisterTile) -> DeviceFunction:
    """Return place(t): the first quad of rows and the first of columns of thread t."""
    warps_across = tile.columns // (8 * tile.thread_columns)
    down, across = tile.thread_rows, 2 * tile.thread_columns  # quads from a warp to the next

    @device_function
    def place(t):
        lane, warp = t % WARP, t // WARP
        row = warp // warps_across * down + lane // 16 * 2 + lane % 2
        column = warp % warps_across * across + lane // 2 % 8
        return row, column

    return place
