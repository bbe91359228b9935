"""Images as tensor cores read them: as they are where they lie so, else written anew."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.layout import in_quads, is_aligned
from crosscheck.kernels.convolution.tensor_cores.images import ROWS, SIDE, images_kernel
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.flat import flat, row_of
from crosscheck.kernels.waves import count


class Brought(NamedTuple):
    """How images (n, c, h, w) are read.

    words    images -> all their words, flat
    strides  (n, c, h, w), in elements
    group    elements from a group to the next
    size     of the row of words that is read, in elements
    """

    words: Callable[[Array], Array]
    strides: tuple[int, ...]
    group: int
    size: int


def bring(images: Array, channels: int, kind: Kind) -> Brought:
    """Return how images of this kind are read; channels: of a group."""
    width, shape = 4 * kind.packed, images.shape
    (row, strides), to_row = flat(images), row_of(images)
    if is_aligned(row) and in_quads(strides, shape, channels, width):
        # Where an axis has one element, any step will do, if it is one of words: in an offset, rows
        # and columns of the filter take from it what those of the position add.
        n, _, h, w = (step * (extent > 1) for step, extent in zip(strides, shape, strict=True))
        strides = n, 1, h, w
        return Brought(lambda each: to_row(each).view(np.uint32), strides, channels, row.size)

    library, dtype = arrays.namespace(images), images.dtype
    n, c, height, width_of_image = shape
    filled = count(channels, width) * width
    all_channels = c // max(channels, 1) * filled
    positions = n * height * width_of_image
    size = positions * all_channels
    across = count(positions, SIDE)
    configuration = across * count(all_channels, SIDE), (SIDE, ROWS)
    sizes = height, width_of_image, positions, all_channels

    def words(images: Array) -> Array:
        out = arrays.empty_of(library, (size,), dtype)
        if size:
            launch = images_kernel[configuration]
            launch(to_row(images), out, channels, filled, sizes, across, strides)
        return out.view(np.uint32)

    steps = height * width_of_image * all_channels, 1, width_of_image * all_channels, all_channels
    return Brought(words, steps, filled, size)
