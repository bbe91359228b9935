"""How tiles get to shared memory: what a thread brings, and the two halves of bringing it.

A load brings `width` neighbours in memory: 1 channel, or 4 of images in NHWC, whose channels lie
side by side. The four are terms of one position, so they go to four rows of the shared tile.

    width 1   neighbouring threads load neighbouring positions
    width 4   neighbouring threads load neighbouring channels, then the next position's
"""

from typing import NamedTuple

from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.register_tile import RegisterTile


class Share(NamedTuple):
    """What a thread brings of each pair of tiles, and the quads in a row of the shared ones."""

    pixels: int  # of one position: neighbouring terms
    sharing: int  # neighbouring threads that load one position
    quads: int  # of weights, each `apart` terms below the last
    apart: int
    weight_row: int
    pixel_row: int

    @classmethod
    def of(cls, tile: RegisterTile, width: int) -> "Share":
        """Return the share of a thread in a tile."""
        pixels = tile.depth * tile.columns // tile.threads
        quads = tile.depth * tile.rows // tile.threads // 4
        apart, weight_row, pixel_row = (
            tile.threads * 4 // tile.rows,
            tile.rows // 4,
            tile.columns // 4,
        )
        if width == 1:
            return cls(pixels, 1, quads, apart, weight_row, pixel_row)
        # A quad more turns the banks: two quads of channels and 16 positions go to 32 of them.
        return cls(pixels, tile.depth // pixels, quads, apart, weight_row, pixel_row + 1)


class Mover(NamedTuple):
    """How a pair of tiles gets to shared memory, in two halves with the multiplication between.

    begin(x, w, at, terms, images, weights, to, staged), end(images, weights, to, staged), with
    at: (start, outside, quad of weights, their columns), to: quads of (images, weights) and the
    lane of the images; terms: two looked-up words for each load; staged: registers for a share.
    """

    begin: DeviceFunction
    end: DeviceFunction
