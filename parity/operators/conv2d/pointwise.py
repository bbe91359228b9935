"""conv2d problems: filters of one tap, which are products of matrices, and what looks like them."""

from crosscheck.parity.operators.conv2d.geometry import conv

PROBLEMS = (
    conv(
        "pointwise-groups",
        "past one tile of positions and of terms, positions of several images, in groups",
        (3, 20, 6, 4),
        (12, 10, 1, 1),
        groups=2,
    ),
    conv(
        "pointwise-6-pixels",
        "images of no multiple of 4 pixels: four positions may be of two of them",
        (3, 2, 2, 3),
        (3, 2, 1, 1),
    ),
    conv(
        "pointwise-channels_last",
        "the channels of a pixel side by side, in fours",
        (2, 8, 3, 5),
        (12, 8, 1, 1),
        layout="channels_last",
    ),
    conv("pointwise-strided", "pixels left out", (2, 3, 4, 8), (3, 3, 1, 1), stride=(1, 2)),
    conv("pointwise-padded", "outputs without a pixel", (2, 3, 4, 3), (3, 3, 1, 1), padding=(0, 1)),
)
