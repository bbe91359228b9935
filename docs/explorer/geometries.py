"""The convolutions that the explorer has recorded: what slides over which image."""

IMAGE, FILTERS = 16, 64  # rows and columns of the one image; filters of one channel
GEOMETRIES = (  # kernel size, padding, stride, dilation: as the explorer's settings name them
    (3, "same", 1, 1),
    (3, "valid", 1, 1),
    (3, "full", 1, 1),
    (3, "same", 2, 1),
    (3, "same", 1, 2),
    (5, "same", 1, 1),
    (1, "same", 1, 1),
)


def corner_of(geometry: tuple[int, str, int, int]) -> int:
    """Return the padding on each side."""
    size, padding, _, dilation = geometry
    reach = dilation * (size - 1)
    return {"valid": 0, "same": reach // 2, "full": reach}[padding]


def output_length(geometry: tuple[int, str, int, int]) -> int:
    """Return how many rows, and columns, the map has."""
    size, _, stride, dilation = geometry
    return (IMAGE + 2 * corner_of(geometry) - dilation * (size - 1) - 1) // stride + 1
