"""How tiles get to shared memory: what a thread brings, and the two halves of bringing it."""

from typing import NamedTuple

from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.register_tile import RegisterTile


class Share(NamedTuple):
    """What a thread brings of each pair of tiles, and the quads in a row of the shared ones."""

    pixels: int  # of one position: neighbouring terms
    quads: int  # of weights, each `apart` terms below the last
    apart: int
    weight_row: int
    pixel_row: int

    @classmethod
    def of(cls, tile: RegisterTile) -> "Share":
        """Return the share of a thread in a tile."""
        pixels = tile.depth * tile.columns // tile.threads
        quads = tile.depth * tile.rows // tile.threads // 4
        return cls(pixels, quads, tile.threads * 4 // tile.rows, tile.rows // 4, tile.columns // 4)


class Mover(NamedTuple):
    """How a pair of tiles gets to shared memory, in two halves with the multiplication between.

    begin(x, w, at, terms, images, weights, to, staged), end(images, weights, to, staged), with
    at: (start, outside, quad of weights, their columns), to: quads of (images, weights); terms: two
    looked-up words for each pixel; staged: registers for a share.
    """

    begin: DeviceFunction
    end: DeviceFunction
