"""Tiles whose products four warps make at once, by wgmma: see ../warp_group.py.

As tile.py has them, but for the rows of a tile: 32 words, the 128 bytes that wgmma's widest swizzle
is made for. They are in shared memory of the launch, more than the 48 KB that a kernel can declare.
"""

from dataclasses import dataclass

from crosscheck.kernels.convolution.tensor_cores.tile import LANES, WORD_BYTES, Kind

WORDS = 32  # of a row of a tile
QUADS = WORDS // 4
GROUP = 4 * LANES  # threads of a warp group
GROUP_COLUMNS = 64  # its positions


@dataclass(frozen=True)
class GroupTile:
    """A tile of `rows` filters x `columns` positions, all rows and 64 columns of it a warp group's.

    blocks    on an SM
    ceiling   the share of the FMA peak of float32 that the main loop can reach, as WarpTile has it
    """

    rows: int
    columns: int
    kind: Kind
    stages: int
    blocks: int
    ceiling: float

    @property
    def words(self) -> int:
        """Of a row of the tile."""
        return WORDS

    @property
    def weight_rows(self) -> int:
        """Rows of the weights that a tile copies: big parts and small ones are in their own."""
        return self.rows * (2 if self.kind == Kind.TF32_3X else 1)

    @property
    def threads(self) -> int:
        """In a block."""
        return GROUP * (self.columns // GROUP_COLUMNS)

    @property
    def depth(self) -> int:
        """Terms of a tile."""
        return WORDS * self.kind.packed

    @property
    def thread_rows(self) -> int:
        """Of the outputs that a thread has."""
        return self.rows // 4

    @property
    def thread_columns(self) -> int:
        """Of the outputs that a thread has."""
        return 2

    @property
    def shared_bytes(self) -> int:
        """That a launch asks for."""
        return self.stages * (self.weight_rows + self.columns) * WORDS * WORD_BYTES

    def __str__(self) -> str:
        return f"{self.rows}x{self.columns}_{self.kind}"
