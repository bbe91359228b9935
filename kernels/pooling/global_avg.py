"""The mean of every image plane: adaptive average pooling to 1 by 1, with one read of the input.

planes   images, (n, c, h, w): a warp takes a plane, 128 bits a lane where planes begin on them, and
         shuffles add the lanes' sums
pixels   channels_last: a block takes CHANNELS channels of an image, so that its warps read 128
         bytes of a pixel; the threads of a channel are added in order

`direct`, one thread a plane, has neighbours a whole plane apart. Both orders are fixed: the same
bits in every run. Layout: dense. Few large planes leave a GPU's warps idle: `sum` is for those.
"""

from functools import cache
from typing import Any

from crosscheck.kernels.arrays import Array, begins_on_quad, empty
from crosscheck.kernels.block_reduce import block_and_thread
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import load_quad
from crosscheck.kernels.unravel import unravel
from crosscheck.kernels.warp_reduce import WARP, row_and_lane, warp_sum

THREADS = 256
CHANNELS = 32  # of a block


@cache
def _fetch(VECTOR: int) -> Any:
    @device_function
    def add_vector(x, at, totals):
        """Add the VECTOR elements from `at` on, each to its own total."""
        if VECTOR == 4:
            quad = load_quad(x, at)
            for i in range(VECTOR):
                totals[i] += quad[i]
        else:
            totals[0] += x[at]

    return add_vector


@cache
def planes(VECTOR: int) -> Any:
    """Return the kernel for images; VECTOR divides the pixels of a plane."""
    add_vector = _fetch(VECTOR)
    APART = WARP * VECTOR

    @kernel
    def planes_kernel(x, y, pixels):
        """x: row of (plane, pixel); y: row of (plane)."""
        totals = cuda.local.array(VECTOR, real)
        plane, lane = row_and_lane()
        if plane < index(y.size):
            for i in range(VECTOR):
                totals[i] = real(0)
            first = plane * pixels
            for at in range(first + lane * VECTOR, first + pixels, APART):
                add_vector(x, at, totals)
            total = totals[0]
            for i in range(1, VECTOR):
                total += totals[i]
            total = warp_sum(total)
            if lane == 0:
                y[plane] = total / real(pixels)

    planes_kernel.rename(f"planes_kernel_{VECTOR}")
    return planes_kernel


@cache
def pixels(VECTOR: int) -> Any:
    """Return the kernel for channels_last; VECTOR divides the number of channels."""
    add_vector = _fetch(VECTOR)
    ACROSS = CHANNELS // VECTOR  # threads beside each other
    LINES = THREADS // ACROSS

    @kernel
    def pixels_kernel(x, y, pixels, channels):
        """x: row of (image, pixel, channel); y: row of (image, channel)."""
        scratch = cuda.shared.array((LINES, CHANNELS), real)
        totals = cuda.local.array(VECTOR, real)
        block, t = block_and_thread()
        n, tile = unravel(block, (channels + index(CHANNELS - 1)) // CHANNELS)
        line, across = unravel(t, index(ACROSS))
        c = tile * CHANNELS + across * VECTOR
        for i in range(VECTOR):
            totals[i] = real(0)
        if c < channels:
            for pixel in range(line, pixels, LINES):
                add_vector(x, (n * pixels + pixel) * channels + c, totals)
        for i in range(VECTOR):
            scratch[line, across * VECTOR + index(i)] = totals[i]
        cuda.syncthreads()  # the sums of all lines are there before they are added
        c = tile * CHANNELS + t
        if t < CHANNELS and c < channels:
            total = real(0)
            for i in range(LINES):
                total += scratch[i, t]
            y[n * channels + c] = total / real(pixels)

    pixels_kernel.rename(f"pixels_kernel_{VECTOR}")
    return pixels_kernel


def forward(x: Array, y: Array) -> bool:
    """Compute y (n, c, 1, 1), if x is dense in one of the two orders; return whether it was."""
    n, c, h, w = x.shape
    if x.flags.c_contiguous:
        row, extent = x.reshape(-1), h * w
        kernel, blocks, sizes = planes, -(-n * c * WARP // THREADS), (h * w,)
    else:
        turned = x.transpose(0, 2, 3, 1)
        if not turned.flags.c_contiguous:
            return False
        row, extent = turned.reshape(-1), c
        kernel, blocks, sizes = pixels, n * -(-c // CHANNELS), (h * w, c)
    if y.size:
        means = y[:, :, 0, 0]
        out = means if means.flags.c_contiguous else empty((n, c), y.dtype, y)
        vector = 1 if extent % 4 or not begins_on_quad(row) else 4
        kernel(vector)[blocks, THREADS](row, out.reshape(-1), *sizes)
        if out is not means:
            means[...] = out
    return True
