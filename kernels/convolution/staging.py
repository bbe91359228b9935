"""Pixels on their way through registers: a thread loads its share, and stores it a tile later."""

from functools import cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.convolution.mover import Share
from crosscheck.kernels.launch import DeviceFunction, device_function, index, real
from crosscheck.kernels.ptx import load_quad
from crosscheck.kernels.register_tile import RegisterTile


class Staging(NamedTuple):
    """load(x, start, outside, terms, staged): global memory -> registers; store(images, to, lane,
    staged): registers -> shared memory. Pixels come first in `staged`."""

    load: DeviceFunction
    store: DeviceFunction


@cache
def staging(tile: RegisterTile, width: int) -> Staging:
    """Return the two halves for a tile whose loads have this width, 1 or 4."""
    share = Share.of(tile, width)
    PIXELS, PIXEL_ROW = share.pixels, share.pixel_row

    @device_function
    def load_each(x, start, outside, terms, staged):
        for i in range(PIXELS):
            staged[i] = real(0)
            if outside & index(terms[2 * i + 1]) == 0:
                staged[i] = x[start + index(terms[2 * i])]

    @device_function
    def load_quads(x, start, outside, terms, staged):
        for i in range(PIXELS // 4):
            for j in range(4):
                staged[4 * i + j] = real(0)
            if outside & index(terms[2 * i + 1]) == 0:  # four channels of one pixel: one test
                quad = load_quad(x, start + index(terms[2 * i]))
                staged[4 * i], staged[4 * i + 1], staged[4 * i + 2], staged[4 * i + 3] = quad

    @device_function
    def store(images, to, lane, staged):
        for i in range(PIXELS):
            images[np.int64(to) + i * PIXEL_ROW, lane] = staged[i]

    return Staging(load_each if width == 1 else load_quads, store)
