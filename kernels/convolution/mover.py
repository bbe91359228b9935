"""How tiles get to shared memory: what a thread brings, and the two halves of bringing it.

A load brings one element of the images, or four neighbours in memory:

    PIXEL       1 channel of 1 position; neighbouring threads load neighbouring positions
    CHANNELS    4 channels of 1 position, in NHWC: terms, so they go to four rows of the shared tile
    POSITIONS   1 channel of 4 positions, for filters of one tap: a quad of the shared tile
"""

from typing import NamedTuple

from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.register_tile import RegisterTile


class Load(NamedTuple):
    """What one load brings: so many terms of so many positions."""

    terms: int
    positions: int


PIXEL, CHANNELS, POSITIONS = Load(1, 1), Load(4, 1), Load(1, 4)


class Share(NamedTuple):
    """What a thread brings of each pair of tiles, and the quads in a row of the shared ones."""

    loads: int  # of neighbouring terms at one position, or quad of them
    sharing: int  # neighbouring threads that load one position
    quads: int  # of weights, each `apart` terms below the last
    apart: int
    weight_row: int
    pixel_row: int

    @classmethod
    def of(cls, tile: RegisterTile, load: Load) -> "Share":
        """Return the share of a thread in a tile."""
        loads = tile.depth * tile.columns // tile.threads // (load.terms * load.positions)
        quads = tile.depth * tile.rows // tile.threads // 4
        sharing = tile.depth // (loads * load.terms) if load == CHANNELS else 1
        # A quad more turns the banks: two quads of channels and 16 positions go to 32 of them.
        pixel_row = tile.columns // 4 + (load == CHANNELS)
        return cls(loads, sharing, quads, tile.threads * 4 // tile.rows, tile.rows // 4, pixel_row)


class Mover(NamedTuple):
    """How a pair of tiles gets to shared memory, in two halves with the multiplication between.

    begin(x, w, at, terms, images, weights, to, staged), end(images, weights, to, staged), with
    at: (start, outside, quad of weights, their columns), to: quads of (images, weights) and the
    lane of the images; terms: two looked-up words for each load; staged: registers for a share.
    """

    begin: DeviceFunction
    end: DeviceFunction
