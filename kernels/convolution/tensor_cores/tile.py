"""Tiles whose products a warp makes at once, on tensor cores.

A block computes `rows` x `columns` outputs of a product of two matrices, a warp of it `warp_rows` x
`warp_columns`: 16 x 8 by an instruction, mma.sync, of which it needs 8 or 16 terms at a time. All
memory is counted in words of 32 bits, a float32 or two elements of 16 bits: so tiles, copies and
fragments are the same for all kinds of numbers. A tile has 16 words, 64 bytes, of each row and each
column, in `stages` copies: all but the one that is multiplied are on their way.
"""

from dataclasses import dataclass
from enum import StrEnum

WORDS = 16  # of a row of a tile
QUADS = WORDS // 4
WORD_BYTES = 4
LANES = 32


class Kind(StrEnum):
    """What is multiplied, and how.

    TF32      float32, rounded to 11 bits
    TF32_3X   float32 as the sum of two such numbers: three products
    F16       float16, as it is
    BF16      bfloat16, as it is
    """

    TF32 = "tf32"
    TF32_3X = "tf32_3x"
    F16 = "f16"
    BF16 = "bf16"

    @property
    def packed(self) -> int:
        """Elements of a word."""
        return 1 if self in (Kind.TF32, Kind.TF32_3X) else 2


@dataclass(frozen=True)
class WarpTile:
    """A tile of `rows` x `columns` outputs.

    blocks    on an SM, whose registers they share
    ceiling   the share of the FMA peak of float32 that the main loop can reach, above 1: `inspect`
              counts it
    """

    rows: int
    columns: int
    warp_rows: int
    warp_columns: int
    kind: Kind
    stages: int = 3
    blocks: int = 1
    ceiling: float = 1.0

    @property
    def threads(self) -> int:
        """In a block."""
        return LANES * (self.rows // self.warp_rows) * (self.columns // self.warp_columns)

    @property
    def words(self) -> int:
        """Of a row of the tile."""
        return WORDS

    @property
    def weight_rows(self) -> int:
        """Rows of the weights that a tile copies."""
        return self.rows

    @property
    def shared_bytes(self) -> int:
        """That a launch asks for: none, as the kernel declares its tiles."""
        return 0

    @property
    def depth(self) -> int:
        """Terms of a tile."""
        return WORDS * self.kind.packed

    @property
    def thread_rows(self) -> int:
        """Of the outputs that a thread has."""
        return self.warp_rows // 8

    @property
    def thread_columns(self) -> int:
        """Of the outputs that a thread has."""
        return self.warp_columns // 4

    def __str__(self) -> str:
        return f"{self.rows}x{self.columns}_{self.kind}"
