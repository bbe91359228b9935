"""The end of an implicit GEMM: the outputs of a thread go from registers to memory.

ReLU happens here, in registers. Where pooling follows, a quad of positions is a window
(positions.py): a thread stores the largest of four outputs, a quarter of the bytes.
"""

from enum import StrEnum
from functools import cache

import numpy as np

from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.convolution.positions import following
from crosscheck.kernels.launch import DeviceFunction, device_function, index, real
from crosscheck.kernels.ptx import store_quad
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.unravel import unravel


class Ending(StrEnum):
    """What a kernel stores: its outputs, ReLU of them, or the largest of each 2 x 2 of these.

    A constant of the kernel: as an operand, ReLU costs an issue slot for each output and, in some
    tiles, the last register of the loop.
    """

    PLAIN = ""
    RELU = "relu"
    POOLED = "pooled"


@cache
def epilogue(tile: RegisterTile, width: int, ending: Ending) -> DeviceFunction:
    """Return put_quad(acc, j, ...): stores columns j to j + 3 of a thread, neighbouring positions.

    Called once for each quad: in a loop too long to unroll, acc[i, j] would move all of acc from
    registers to local memory. The sign of it is a stack; the assembler reports no spills.

    width: 4 where four neighbouring columns of y lie side by side, on 16 bytes, and K is a multiple
    of 4; else 1. ending: what happens to the outputs before.
    """
    rows, apart = tile.thread_rows, 4 // width

    @device_function
    def column_quad(acc, i, j):
        return acc[i, j], acc[i + 1, j], acc[i + 2, j], acc[i + 3, j]

    @device_function
    def put(acc, j, n, p, q, k, y, first, ys, N, K):
        if n < N:
            to = first + n * ys[0] + p * ys[3] + q * ys[4]
            for i in range(rows // width):
                below = index(i % apart + i // apart * 16)
                if k + below < K:
                    if width == 1:
                        y[to + ys[2] * below] = acc[i, j]
                    else:
                        store_quad(y, np.int64(to) + 16 * i, column_quad(acc, 4 * i, j))

    @device_function
    def rectify(acc, j):
        for i in range(rows):
            for of in range(4):
                acc[i, j + of] = at_least(acc[i, j + of], real(0))

    @device_function
    def pool(acc, j):
        for i in range(rows):
            for of in range(1, 4):
                value = acc[i, j + of]
                if value > acc[i, j] or value != value:  # NaN beats everything, as in PyTorch
                    acc[i, j] = value

    @device_function
    def put_window(acc, j, position, k, y, first, ys, N, K, P, Q):
        rectify(acc, j)
        pool(acc, j)
        n, p, q = unravel((position + index(j // 4 * 32)) // 4, P, Q)
        put(acc, j, n, p, q, k, y, first, ys, N, K)

    @device_function
    def put_quad(acc, j, position, k, y, first, ys, N, K, P, Q):
        n, p, q = unravel(position + index(j // 4 * 32), P, Q)
        put(acc, j, n, p, q, k, y, first, ys, N, K)
        n, p, q = following(n, p, q, P, Q)
        put(acc, j + 1, n, p, q, k, y, first, ys, N, K)
        n, p, q = following(n, p, q, P, Q)
        put(acc, j + 2, n, p, q, k, y, first, ys, N, K)
        n, p, q = following(n, p, q, P, Q)
        put(acc, j + 3, n, p, q, k, y, first, ys, N, K)

    @device_function
    def put_rectified(acc, j, position, k, y, first, ys, N, K, P, Q):
        rectify(acc, j)
        put_quad(acc, j, position, k, y, first, ys, N, K, P, Q)

    return {Ending.PLAIN: put_quad, Ending.RELU: put_rectified, Ending.POOLED: put_window}[ending]
