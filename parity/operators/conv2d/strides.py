"""conv2d problems: strides, dilation and groups."""

from crosscheck.parity.operators.conv2d.geometry import conv

STRIDES = (
    conv("stride-2", "every second position", (2, 2, 7, 7), (3, 2, 3, 3), stride=2),
    conv("stride-1-2", "swapped strides would show", (1, 2, 6, 8), (3, 2, 3, 3), stride=(1, 2)),
    conv("stride-2-1", "swapped strides would show", (1, 2, 8, 6), (3, 2, 3, 3), stride=(2, 1)),
    conv(
        "stride-6-2",
        "far apart in one direction",
        (1, 2, 14, 8),
        (3, 2, 3, 3),
        stride=(6, 2),
        padding=1,
    ),
    conv(
        "stride-over-filter",
        "pixels that no window reads: gradient 0",
        (1, 2, 8, 9),
        (3, 2, 2, 2),
        stride=(3, 4),
    ),
    conv("stride-over-image", "one output position", (1, 2, 4, 5), (3, 2, 3, 3), stride=7),
    conv("stride-list", "PyTorch accepts lists", (1, 2, 6, 6), (3, 2, 3, 3), stride=[2, 1]),
    conv(
        "remainder-1",
        "(h - r) % stride = 1: no window reads the last row",
        (2, 2, 6, 7),
        (3, 2, 3, 2),
        stride=2,
    ),
    conv(
        "remainder-padded",
        "the remainder falls into the padding",
        (1, 2, 6, 6),
        (3, 2, 3, 3),
        stride=2,
        padding=1,
    ),
    conv("remainder-2", "two rows and one column left over", (1, 2, 8, 7), (3, 2, 3, 3), stride=3),
    conv(
        "remainder-dilated",
        "remainder, stride and dilation at once",
        (1, 2, 10, 9),
        (2, 2, 3, 2),
        stride=(3, 2),
        dilation=(2, 3),
        padding=(1, 2),
    ),
)

DILATION = (
    conv("dilation-2", "gaps between the taps", (2, 2, 7, 7), (3, 2, 3, 3), dilation=2),
    conv(
        "dilation-1-3", "swapped dilations would show", (1, 2, 5, 9), (3, 2, 3, 3), dilation=(1, 3)
    ),
    conv(
        "dilation-3-1", "swapped dilations would show", (1, 2, 9, 5), (3, 2, 3, 3), dilation=(3, 1)
    ),
    conv(
        "dilation-padded",
        "taps on both sides of the image",
        (1, 2, 4, 4),
        (3, 2, 3, 3),
        dilation=4,
        padding=4,
    ),
    conv(
        "dilation-stride",
        "dilation and stride share no factor",
        (1, 2, 9, 9),
        (3, 2, 3, 3),
        dilation=2,
        stride=3,
        padding=2,
    ),
    conv(
        "dilation-equals-stride",
        "only every second pixel is read",
        (1, 2, 9, 8),
        (3, 2, 3, 3),
        dilation=2,
        stride=2,
        padding=1,
    ),
)

GROUPS = (
    conv(
        "groups-2", "the group's offset in input and filters", (2, 4, 5, 5), (6, 2, 3, 3), groups=2
    ),
    conv(
        "groups-3", "three groups of unequal sizes in and out", (1, 6, 4, 5), (3, 2, 2, 3), groups=3
    ),
    conv(
        "groups-tile", "a group's edge is not a tile's edge", (1, 6, 3, 3), (34, 3, 2, 2), groups=2
    ),
    conv(
        "groups-stride",
        "groups with everything else",
        (1, 4, 7, 6),
        (4, 2, 3, 2),
        groups=2,
        stride=(2, 1),
        padding=1,
        dilation=(1, 2),
    ),
    conv("depthwise", "one channel per group", (2, 5, 6, 5), (5, 1, 3, 3), groups=5, padding=1),
    conv(
        "depthwise-17",
        "more channels than a tile",
        (1, 17, 4, 4),
        (17, 1, 3, 3),
        groups=17,
        padding=1,
    ),
    conv(
        "depthwise-stride",
        "one channel per group, remainder left",
        (1, 4, 8, 7),
        (4, 1, 3, 3),
        groups=4,
        stride=2,
    ),
    conv("multiplier-2", "two filters per channel", (1, 3, 5, 5), (6, 1, 3, 3), groups=3),
    conv(
        "multiplier-3-stride",
        "three filters per channel, strided",
        (2, 2, 6, 5),
        (6, 1, 2, 3),
        groups=2,
        stride=2,
        padding=1,
    ),
)

PROBLEMS = (*STRIDES, *DILATION, *GROUPS)
SPECIAL_VALUES = ("groups-stride", "groups-tile")
