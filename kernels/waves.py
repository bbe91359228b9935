"""The predicted time of a kernel on a GPU: waves of blocks, a ceiling, and bytes. A model.

A GPU computes as many blocks at once as fit, a wave of them. A product of matrices in tiles takes
as long as its waves, each of which goes at the tile's ceiling: the share of the FMA peak that its
main loop can reach, counted in the machine code (inspect/ceiling.py). A large tile spends more of
its instructions on FMAs, but a layer that has no more than 1.1 waves of it leaves nearly half of
the GPU idle; splitting the sums over blocks makes more of them. Filling the GPU counts for more
than the last points of the ceiling.

No kernel is faster than the memory: what has to be moved, over what the memory gives, is a floor.
And every launch costs, however little it does.

Cycles are those of an SM. Latency, caches and clocks are not in the model. No GPU has timed it yet.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from crosscheck.kernels.register_tile import RegisterTile

SCHEDULERS = 4  # of an SM: each issues one instruction of a warp in a cycle
OUTSIDE_THE_LOOP = 1250  # instructions of a thread with 8 x 8 outputs, counted on sm_90a
ADD_PART = 1 / 16  # cycles of an SM to add an output's part: 8 bytes at 128 bytes a cycle
DRAM = 20  # bytes that an H200's memory gives each SM in a cycle
LAUNCH = 2000  # cycles from a kernel to the next of a stream: assumed, a good microsecond
CLOCK = 1755e6  # cycles of an H200 in a second


class Product(NamedTuple):
    """`repeated` products of matrices, of rows x columns outputs, each a sum of `terms`."""

    rows: int
    columns: int
    terms: int
    repeated: int = 1


class Predicted(NamedTuple):
    """The cycles that a call takes, and what they are made of, for people."""

    cycles: float
    why: str = ""

    @property
    def microseconds(self) -> float:
        """On an H200."""
        return self.cycles / CLOCK * 1e6


def predict(
    tiles: Iterable[RegisterTile],
    parts: Iterable[int],
    product: Product,
    sms: int,
    moved: int,
    launches: int = 1,
) -> Predicted:
    """Return the time of a product in the best of these tiles and numbers of parts.

    moved: bytes of global memory, at least; launches: how many kernels that takes, beside the one
    that adds parts.
    """
    tile, parts = choose(tuple(tiles), tuple(parts), product, sms)
    computing, moving = cycles(tile, parts, product, sms), moved / (DRAM * sms)
    waves = count_blocks(tile, parts, product) / (tile.blocks * sms)
    split = f" in {parts} parts" if parts > 1 else ""
    bound = f", bound by {moved / 1e6:.1f} MB" if moving > computing else ""
    why = f"{tile}{split}, {waves:.1f} waves at {tile.ceiling:.1%}{bound}"
    return Predicted(max(computing, moving) + (launches - 1) * LAUNCH, why)


@lru_cache
def choose(
    tiles: tuple[RegisterTile, ...], parts: tuple[int, ...], this: Product, sms: int
) -> tuple[RegisterTile, int]:
    """Return that of these tiles and numbers of parts with the least predicted time.

    sms: of the GPU. Ties go to the first.
    """
    return min(product(tiles, parts), key=lambda each: cycles(*each, this, sms))


def cycles(tile: RegisterTile, parts: int, this: Product, sms: int) -> float:
    """Return how long the blocks of a product compute, and its parts are added."""
    waves, rest = divmod(count_blocks(tile, parts, this), sms * tile.blocks)
    fmas = tile.thread_rows * tile.thread_columns
    steps = count(count(this.terms, tile.depth), parts) * tile.depth
    instructions = steps * fmas / tile.ceiling + OUTSIDE_THE_LOOP * fmas / 64
    in_turn = waves * _warps_in_turn(tile, tile.blocks) + _warps_in_turn(tile, count(rest, sms))
    outputs = this.rows * this.columns * this.repeated
    adding = LAUNCH + ADD_PART * parts * outputs / sms if parts > 1 else 0
    return in_turn * instructions + adding


def count_blocks(tile: RegisterTile, parts: int, this: Product) -> int:
    """Return how many blocks compute a product."""
    pieces = count(this.rows, tile.rows) * count(this.columns, tile.columns)
    return this.repeated * parts * pieces


def _warps_in_turn(tile: RegisterTile, blocks: int) -> int:
    """Return how many warps a scheduler has where so many blocks are on its SM."""
    return count(blocks * tile.threads // 32, SCHEDULERS)


def count(extent: int, size: int) -> int:
    """Return how many pieces of a size cover an extent."""
    return -(-extent // size)
