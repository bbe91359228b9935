"""What a thread of the depthwise kernels looks up instead of computing it.

A thread computes up to eight outputs of one column, so it stands at the crossing of a strip, some
rows of the output, and a column. lattice.py makes the input gradient a forward convolution on
lattices: the strips are those of all vertical lattices, one lattice after the other, the columns
those of all horizontal ones.

    strips   (strip, piece, STRIP)    where its pixels, taps and outputs begin, which rows of pixels
                                      are inside the image, which taps and outputs exist
    columns  (column, piece, COLUMN)  the same of a column; instead of bits, where its pixels begin

A filter of more than MOST_TAPS rows or columns is taken in pieces. Both tables are kept for the
next call with these shapes and strides; on a GPU the first call waits until they are there.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array, Place
from crosscheck.kernels.convolution.lattice import Lattice
from crosscheck.kernels.convolution.lookup import Axes

# The words of a strip and of a column, two quads each. INSIDE, THERE and OUTPUTS are bits.
X_AT, INSIDE, TAP_AT, THERE, Y_AT, OUTPUTS, STRIP = 0, 1, 2, 3, 4, 5, 8
LEFT, COLUMN = 1, 8

ROWS = 8, 4, 2, 1
TALLEST = 24  # pixels in the registers of a thread
MOST_TAPS = 8


class Shape(NamedTuple):
    """What a thread computes at once: outputs one above the other, from a piece of the filter.

    rows        outputs
    stride      pixels from one to the next
    taps, span  rows and columns of a piece
    whole       whether every piece has all its taps
    """

    rows: int
    stride: int
    taps: int
    span: int
    whole: bool

    def __str__(self) -> str:
        missing = "" if self.whole else "_partial"
        return f"{self.rows}_{self.taps}x{self.span}_stride_{self.stride}{missing}"

    @property
    def height(self) -> int:
        """Pixels of a column that the outputs need."""
        return (self.rows - 1) * self.stride + self.taps


def apart(lattice: Lattice) -> list[Lattice]:
    """Return lattices that make up this one, on which a dilation leaves no gaps.

    From one output of theirs to the next it is a multiple of the dilation. So neighbours share as
    many pixels as without a dilation.
    """
    first, spacing, extent, taps, stride, corner, dilation = lattice
    step = dilation // math.gcd(stride, dilation)
    return [
        Lattice(
            first + i * spacing,
            spacing * step,
            -(-(extent - i) // step),
            taps,
            stride * step,
            corner - i * stride,
            dilation,
        )
        for i in range(min(step, extent))
    ]


def shape(axes: Axes, most_taps: int = MOST_TAPS, most_columns: int = MOST_TAPS) -> Shape:
    """Return the shape for these lattices, the vertical ones from `apart`: as many rows as fit."""
    taps, span = _piece(axes.vertical, most_taps), _piece(axes.horizontal, most_columns)
    one = axes.vertical[0]
    stride = one.stride // one.dilation
    extent = max(each.extent for each in axes.vertical)
    able = (r for r in ROWS if (r - 1) * stride + taps <= TALLEST and r < 2 * extent)
    rows = next(able, 1)
    counts = {(len(each.taps), taps) for each in axes.vertical}
    counts |= {(len(each.taps), span) for each in axes.horizontal}
    whole = all(count and count % size == 0 for count, size in counts)
    return Shape(rows, stride if rows > 1 else 1, taps, span, whole)


def pieces(lattices: Iterable[Lattice], size: int) -> int:
    """Return how many pieces of a size the longest filter takes; one at least."""
    return max(1, *(-(-len(each.taps) // size) for each in lattices))


def _piece(lattices: Sequence[Lattice], most: int) -> int:
    """Return the taps of a piece: equal pieces, none larger than `most`."""
    count = pieces(lattices, most)
    return max(1, *(-(-len(each.taps) // count) for each in lattices))


class Tables(NamedTuple):
    """`strips` and `columns`, flat; `crossings`: how many there are of each; `pieces` likewise."""

    strips: Array
    columns: Array
    crossings: tuple[int, int]
    pieces: tuple[int, int]


@lru_cache(maxsize=256)
def tables(
    axes: Axes,
    shape: Shape,
    height: int,
    image: tuple[int, int],
    weight: tuple[int, int],
    output: tuple[int, int],
    place: Place,
) -> Tables:
    """Return the tables of a convolution; height: of the image; image, weight, output: the strides
    of x (h, w), w (r, s) and y (p, q).
    """
    vertical, horizontal = axes
    size = pieces(vertical, shape.taps), pieces(horizontal, shape.span)
    rows = np.arange(shape.height)
    strips, columns = [], []
    for each in vertical:
        p = np.arange(0, each.extent, shape.rows)
        made, top = _entries(each, p, shape.taps, size[0], (image[0], weight[0], output[0]))
        inside = top[..., None] + rows * each.dilation
        made[..., INSIDE] = ((inside >= 0) & (inside < height)) @ (1 << rows)
        made[..., OUTPUTS] = (1 << np.minimum(each.extent - p, shape.rows)[:, None]) - 1
        strips.append(made.reshape(-1))
    for each in horizontal:
        q = np.arange(each.extent)
        made, left = _entries(each, q, shape.span, size[1], (image[1], weight[1], output[1]))
        made[..., LEFT] = left
        columns.append(made.reshape(-1))
    found = np.concatenate(strips), np.concatenate(columns)
    crossings = found[0].size // (STRIP * size[0]), found[1].size // (COLUMN * size[1])
    if max(np.abs(each).max() for each in found) < 2**31:
        found = tuple(each.astype(np.int32) for each in found)
    return Tables(*map(place.upload, found), crossings, size)


def _entries(
    lattice: Lattice, at: np.ndarray, size: int, count: int, steps: tuple[int, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the entries (output, piece, words) for outputs at these places of a lattice, with what
    strips and columns have in common, and the first pixel of each.
    """
    x, w, y = steps
    first_taps = np.arange(count) * size
    pixel = at[:, None] * lattice.stride - lattice.corner + first_taps * lattice.dilation
    made = np.zeros((*pixel.shape, STRIP), np.int64)
    made[..., X_AT] = pixel * x
    made[..., TAP_AT] = [lattice.taps[t] * w if t < len(lattice.taps) else 0 for t in first_taps]
    made[..., THERE] = (1 << np.clip(len(lattice.taps) - first_taps, 0, size)) - 1
    made[..., Y_AT] = ((lattice.first + at * lattice.spacing) * y)[:, None]
    return made, pixel
