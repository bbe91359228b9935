"""What the instructions of a warp mean in plain Python, lane by lane: for the debugger.

Here a sum is added in float64 and rounded once.
"""

from collections.abc import Callable

import numpy as np

from crosscheck.kernels.gpu import cuda

_ALL = 0xFFFFFFFF


def _numbers(word: int, kind: str) -> np.ndarray:
    """Return the number in a word, or the two, the lower half first."""
    bits = np.array([word], np.uint32)
    if kind == "tf32":
        return (bits & np.uint32(0xFFFFE000)).view(np.float32).astype(np.float64)
    halves = bits.view(np.uint16)
    if kind == "f16":
        return halves.view(np.float16).astype(np.float64)
    return (halves.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)


def mma(kind: str) -> Callable:
    """Return the meaning of mma for operands of a kind."""

    def multiply(acc, a, b, first):
        lane, sums = cuda.laneid, [np.float64(acc[i]) for i in range(4)]
        for half in range(2):  # of k
            for t in range(4):
                group = lane // 4 * 4 + t  # has this row of A
                rows = [cuda.shfl_sync(_ALL, np.int64(a[i + 2 * half]), group) for i in range(2)]
                for column in range(2):
                    other = (lane % 4 * 2 + column) * 4 + t  # has this column of B
                    word = cuda.shfl_sync(_ALL, np.int64(b[first + half]), other)
                    for i in range(2):
                        products = _numbers(rows[i], kind) * _numbers(word, kind)
                        sums[2 * i + column] += products.sum()
        for i in range(4):
            acc[i] = sums[i]

    return multiply


def load_transposed(words, tile, quad):
    """Element [row, column] of each matrix goes to the lane of its column."""
    lane = cuda.laneid
    for matrix in range(4):
        halves = np.zeros(2, np.uint16)
        for i in range(2):
            row = cuda.shfl_sync(_ALL, np.int64(quad), 8 * matrix + lane % 4 * 2 + i)
            halves[i] = np.array(tile[row]).view(np.uint16)[lane // 4]
        words[matrix] = halves.view(np.uint32)[0]
