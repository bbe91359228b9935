"""What a warp group does with a tile: start its products, and bring them to its outputs.

TF32 and 16 bits: wgmma reads both operands from shared memory, and all steps of the tile are on
their way at once. TF32_3X (multiplication.py has why): the images go through registers, where they
are split; wgmma takes them from there, and the weights' big and small parts from shared memory.
Eight terms at a time are added from zero, the small products first, and their sums in float32.
While a group does that, the other's products are in the tensor cores.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.convolution.tensor_cores.group_tile import QUADS, GroupTile
from crosscheck.kernels.convolution.tensor_cores.multiplication import split
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function
from crosscheck.kernels.ptx import (
    descriptor,
    wgmma_bf16,
    wgmma_commit,
    wgmma_f16,
    wgmma_fence,
    wgmma_tf32,
    wgmma_tf32_from,
    wgmma_wait,
)

PRODUCTS = {Kind.TF32: wgmma_tf32, Kind.F16: wgmma_f16, Kind.BF16: wgmma_bf16}


class Steps(NamedTuple):
    """start and finish (tiles, image, weight, mine, acc, products), of a tile.

    image, weight: the quads where the group's images and the weights begin, mine: this lane's of
    the images; products: more accumulators, of TF32_3X.
    """

    start: DeviceFunction
    finish: DeviceFunction


@cache
def steps(tile: GroupTile) -> Steps:
    """Return what is done with a tile before, and after, the copies of a later one are started."""
    return _three(tile) if tile.kind == Kind.TF32_3X else _plain(tile)


def _plain(tile: GroupTile) -> Steps:
    M, multiply = tile.rows, PRODUCTS[tile.kind]

    @device_function
    def start(tiles, image, weight, mine, acc, products):
        left = descriptor(tiles, np.int64(image))
        right = descriptor(tiles, np.int64(weight))
        wgmma_fence()
        multiply(acc, left, right, M)
        multiply(acc, left + np.uint64(2), right + np.uint64(2), M)
        multiply(acc, left + np.uint64(4), right + np.uint64(4), M)
        multiply(acc, left + np.uint64(6), right + np.uint64(6), M)
        wgmma_commit()

    @device_function
    def finish(tiles, image, weight, mine, acc, products):
        wgmma_wait(acc, M)

    return Steps(start, finish)


def _three(tile: GroupTile) -> Steps:
    M, OUTPUTS, SMALL = tile.rows, tile.rows // 2, QUADS * tile.rows
    PAIR, FRAGMENT, EIGHT_ROWS = (2, 4), 4, 8 * 4 * QUADS

    @device_function
    def start(tiles, image, weight, mine, acc, products):
        pass

    @device_function
    def step(tiles, words, half, weight, s, acc, products):
        """Multiply two words of this lane's quads of two rows."""
        big = cuda.local.array(FRAGMENT, np.uint32)
        small = cuda.local.array(FRAGMENT, np.uint32)
        for i in range(4):
            big[i], small[i] = split(words[i % 2, 2 * half + i // 2])
        big_weights = descriptor(tiles, np.int64(weight)) + np.uint64(2 * s)
        small_weights = descriptor(tiles, np.int64(weight) + SMALL) + np.uint64(2 * s)
        wgmma_fence()
        wgmma_tf32_from(products, small, big_weights, M, 1)
        wgmma_tf32_from(products, big, small_weights, M, 0)
        wgmma_tf32_from(products, big, big_weights, M, 0)
        wgmma_commit()
        wgmma_wait(products, M)
        for i in range(OUTPUTS):
            acc[i] += products[i]

    @device_function
    def two_steps(tiles, at, weight, s, acc, products):
        """Read a quad of each of two rows, eight apart, and multiply it."""
        words = cuda.local.array(PAIR, np.uint32)
        for i in range(2):
            for e in range(4):
                words[i, e] = tiles[at * 4 + (EIGHT_ROWS * i + e)]
        step(tiles, words, 0, weight, s, acc, products)
        step(tiles, words, 1, weight, s + 1, acc, products)

    @device_function
    def finish(tiles, image, weight, mine, acc, products):
        two_steps(tiles, np.int64(mine), weight, 0, acc, products)
        two_steps(tiles, np.int64(mine ^ 1), weight, 2, acc, products)

    return Steps(start, finish)
