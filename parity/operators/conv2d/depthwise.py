"""conv2d problems: where the depthwise kernels' strips, pieces, lattices and parts have edges."""

from crosscheck.parity.operators.conv2d.geometry import conv

PROBLEMS = (
    conv(
        "depthwise-strips",
        "more rows than a thread computes, and a few left over",
        (2, 3, 19, 5),
        (3, 1, 3, 3),
        groups=3,
        padding=1,
    ),
    conv(
        "depthwise-tall",
        "a filter of several pieces, the last one smaller",
        (1, 2, 14, 12),
        (4, 1, 11, 9),
        groups=2,
        padding=4,
    ),
    conv(
        "depthwise-dilated",
        "dilation that is a multiple of the stride, and one that is not",
        (1, 3, 17, 11),
        (3, 1, 3, 3),
        groups=3,
        stride=(2, 1),
        padding=2,
        dilation=(3, 2),
    ),
    conv(
        "depthwise-sparse",
        "lattices of the input gradient without a tap",
        (1, 3, 11, 9),
        (6, 1, 2, 2),
        groups=3,
        stride=(3, 4),
    ),
    conv(
        "depthwise-strided",
        "lattices with fewer taps than others, and pixels below the last window",
        (2, 3, 10, 6),
        (6, 1, 3, 3),
        groups=3,
        stride=2,
        padding=1,
    ),
    conv(
        "depthwise-channels-last",
        "neighbouring threads at neighbouring channels, more of them than a warp",
        (2, 40, 6, 5),
        (40, 1, 3, 3),
        layout="channels_last",
        groups=40,
        padding=1,
    ),
    conv(
        "depthwise-many-positions",
        "the weight gradient's sum in parts",
        (3, 2, 66, 50),
        (2, 1, 3, 3),
        groups=2,
    ),
)
SPECIAL_VALUES = ("depthwise-strided",)
