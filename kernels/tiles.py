"""The tile of the tiled kernels: what a block of threads computes at once."""

TILE = 16  # 16 x 16 threads: a warp covers two rows of a tile, each one 64-byte segment of float32


def count(extent: int) -> int:
    """Return how many tiles cover `extent`."""
    return -(-extent // TILE)
