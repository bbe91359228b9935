"""Dropout, one thread for four elements in a row, because Philox makes four words at a time.

    y[i] = x[i] * scale where word i of the stream is at least p * 2^32, else x[i] * 0

Word i is word i % 4 of the counter (i / 4, offset) under the key `seed`: it depends on the position
in row-major order alone, not on the launch, the strides or the device. The mask is not stored: the
gradient makes it again. Layout: one row in row-major order, of any stride. As in PyTorch, a
dropped infinity or NaN is NaN.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dropout.philox import WORD, philox
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real


class Mask(NamedTuple):
    """Which elements are dropped, each with probability p; the seed and the offset decide."""

    p: float
    seed: int
    offset: int


WORDS = 4  # that one counter gives
SHIFT = np.uint32(1)  # 31 bits of a word: a threshold of 32 would ask the launch for wide indices


@device_function
def put(x, y, i, word, threshold, scale):
    """Write element i, where there is one."""
    if i < index(y.size):
        kept = index(word >> SHIFT) >= threshold
        y[i] = x[i] * (scale if kept else real(0))


# y is linear in x, so dx[i] = dy[i] times what x[i] was multiplied by: the same kernel does both.
@kernel
def scale_kernel(x, y, seed0, seed1, offset0, offset1, threshold, scale):
    """x and y (i); seed and offset as two uint32 each, low word first; threshold below 2^31."""
    group = index(cuda.grid(1))
    i = group * WORDS
    if group <= index(y.size) // WORDS:  # i has not wrapped
        low, high = np.uint32(group), np.uint32(np.uint64(group) >> WORD)
        a, b, c, d = philox(low, high, offset0, offset1, seed0, seed1)
        put(x, y, i, a, threshold, scale)
        put(x, y, i + 1, b, threshold, scale)
        put(x, y, i + 2, c, threshold, scale)
        put(x, y, i + 3, d, threshold, scale)


def direct(mask: Mask, x: Array, y: Array) -> None:
    threshold = min(round(mask.p * 2**31), 2**31 - 1)  # the last is for p = 1, whose scale is 0
    scale = 0.0 if mask.p == 1 else 1 / (1 - mask.p)
    launch = scale_kernel.forall(-(-y.size // WORDS))
    launch(x, y, *_words(mask.seed), *_words(mask.offset), threshold, scale)


def _words(number: int) -> tuple[np.uint32, np.uint32]:
    """Return a 64-bit number as two words, the low one first."""
    return np.uint32(number & 0xFFFFFFFF), np.uint32(number >> 32)
