"""What the blocked kernels look up instead of computing: which pixel a term of the sum multiplies.

A term is a triple (channel, r, s). What it means depends on the shapes and strides only:

    table     (lattice, term, 2): the term's offset in the image, and two bits, one of its row and
              one of its column of the filter. A position of the output knows once and for all which
              rows and columns are outside the image there. So a load is an addition, an AND and the
              load itself, whatever the stride, padding, dilation, memory order and channels. Where
              loads bring four channels or more, the sum is in the order (r, s, channel), and as
              many terms share an entry.
    taps      (lattice, term): the term's offset in the weights, or NOTHING
    geometry  (lattice, GEOMETRY): what a block reads once, in the order of the constants below

`prepare_kernel` lays the weights out as the tiles want them: [lattice][group][term][column], with
zeros around, so that they load 128 bits at a time and without a test.

The three arrays are kept for the next call with these shapes and strides; on a GPU the first call
waits until they are there.
"""

from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array, Place
from crosscheck.kernels.convolution.lattice import Lattice
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import unravel

PAST_THE_END = 31  # the bit of terms that only fill up the last tile
MAX_TAPS = 31  # the bits that are left for the rows and columns of a filter
NOTHING = -1

# Places in the geometry of a lattice; the first five take two numbers, vertical and horizontal.
EXTENT, WINDOW, STRIDE, CORNER, DILATION, ORIGIN, TILES, GEOMETRY = 0, 2, 4, 6, 8, 10, 11, 12


class Axes(NamedTuple):
    """The lattices of a convolution, vertical and horizontal: each pair of them is one."""

    vertical: tuple[Lattice, ...]
    horizontal: tuple[Lattice, ...]


class Terms(NamedTuple):
    """What is looked up of the terms of a sum.

    channels  of a group; where loads bring several, zeros fill the last load up
    depth     terms of a tile
    width     channels that a load brings
    ahead     tiles past the last that are looked up: loads run ahead, and look-ups before them
    packed    elements of a word: the image's offsets are in words
    """

    channels: int
    depth: int
    width: int
    ahead: int = 2
    packed: int = 1

    @property
    def filled(self) -> int:
        """Channels with those that fill up."""
        return -(-self.channels // self.width) * self.width


class Tables(NamedTuple):
    """`table`, `taps` and `geometry`; `terms` counts a lattice's, what fills up included."""

    table: Array
    taps: Array
    geometry: Array
    terms: int


@lru_cache(maxsize=256)
def tables(
    axes: Axes,
    of: Terms,
    image: tuple[int, ...],
    weight: tuple[int, ...],
    output: tuple[int, ...],
    place: Place,
) -> Tables:
    """Return the tables of a convolution.

    image, weight, output: the strides in elements of the images (c, h, w), of the weights (channel,
    r, s) and of the output (h, w).
    """
    lattices, channels, (_, depth, width, ahead, packed) = list(product(*axes)), of.filled, of
    counts = [channels * len(v.taps) * len(h.taps) for v, h in lattices]
    terms = (-(-max(counts) // depth) + ahead) * depth
    table = np.zeros((len(lattices), terms, 2), np.int64)
    table[..., 1] = -1 << PAST_THE_END  # 32 bits hold it; what widens them keeps the bit
    taps = np.full((len(lattices), terms), NOTHING, np.int64)
    geometry = np.zeros((len(lattices), GEOMETRY), np.int64)
    for i, ((v, h), count) in enumerate(zip(lattices, counts, strict=True)):
        window = len(v.taps), len(h.taps)
        if width == 1:
            c, r, s = np.unravel_index(np.arange(count), (channels, *window))
        else:
            r, s, c = np.unravel_index(np.arange(count), (*window, channels))
        offsets = np.stack((c, r * v.dilation, s * h.dilation), 1) @ image
        table[i, :count, 0] = offsets // packed
        table[i, :count, 1] = 1 << r | 1 << window[0] + s
        chosen = np.array(v.taps, int)[r], np.array(h.taps, int)[s]
        exists = c < of.channels
        taps[i, :count] = np.where(exists, np.stack((c, *chosen), 1) @ weight, NOTHING)
        pairs = (v.extent, h.extent), window, *zip(v[-3:], h[-3:], strict=True)
        origin = v.first * output[0] + h.first * output[1]
        geometry[i] = *chain(*pairs), origin, -(-count // depth)
    rows = (each.reshape(-1) for each in (table[:, ::width], taps, geometry))
    return Tables(*(place.upload(_narrow(each)) for each in rows), terms)


def _narrow(numbers: np.ndarray) -> np.ndarray:
    """Return integers in 32 bits if they fit."""
    fits = numbers.min(initial=0) >= -(2**31) and numbers.max(initial=0) < 2**31
    return numbers.astype(np.int32) if fits else numbers


@kernel
def prepare_kernel(w, taps, weights, strides, groups, terms, columns, filled):
    """w, taps, weights flat; strides: of w (group, column); columns: of a group, then `filled` up.

    A thread writes one element of weights (lattice, group, term, column).
    """
    i = index(cuda.grid(1))
    lattice, group, term, column = unravel(i, groups, terms, filled)
    if i < index(weights.shape[0]):
        tap = taps[lattice * terms + term]
        value = real(0)
        if tap != NOTHING and column < columns:
            value = w[group * strides[0] + column * strides[1] + index(tap)]
        weights[i] = value
