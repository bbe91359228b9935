"""max_pool2d problems: those of every pooling, dilation, ties, NaN and infinity."""

from crosscheck.parity.problem import Problem
from crosscheck.parity.shared.pooling_problems import SHARED, Row, bad_pool, bad_pools, pools

OWN: tuple[Row, ...] = (
    (
        "dilation-2",
        "gaps between the taps",
        (1, 2, 7, 8),
        dict(kernel_size=3, stride=1, dilation=2),
    ),
    (
        "dilation-1-2",
        "swapped dilations would show",
        (1, 2, 5, 9),
        dict(kernel_size=3, dilation=(1, 2)),
    ),
    (
        "dilation-2-1",
        "swapped dilations would show",
        (1, 2, 9, 5),
        dict(kernel_size=3, dilation=(2, 1)),
    ),
    (
        "dilation-padding",
        "taps over every border",
        (1, 2, 6, 6),
        dict(kernel_size=3, stride=1, padding=1, dilation=2),
    ),
    (
        "dilation-ceil",
        "dilation, padding and rounding up",
        (2, 2, 6, 7),
        dict(kernel_size=2, stride=2, padding=1, dilation=2, ceil_mode=True),
    ),
    (
        "quads-dilated",
        "four channels at a time, taps apart, a last window that is cut off",
        (1, 4, 8, 7),
        dict(
            kernel_size=2,
            stride=2,
            padding=1,
            dilation=2,
            ceil_mode=True,
            layout="channels_last",
        ),
    ),
    (
        "ties",
        "the first of equal elements wins",
        (2, 2, 6, 6),
        dict(kernel_size=3, stride=1, values="ties"),
    ),
    (
        "ties-padded",
        "the first inside the image, not in the padding",
        (1, 2, 5, 5),
        dict(kernel_size=3, stride=2, padding=1, values="ties"),
    ),
    (
        "ties-dilated",
        "ties between taps, not between their gaps",
        (1, 2, 7, 7),
        dict(kernel_size=2, stride=1, dilation=2, values="ties"),
    ),
    (
        "constant",
        "every element ties",
        (1, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, values="constant"),
    ),
    (
        "negative",
        "padding is never chosen, though 0 is larger",
        (1, 2, 5, 5),
        dict(kernel_size=3, stride=2, padding=1, values="negative"),
    ),
    ("nan", "NaN wins over everything", (1, 2, 6, 6), dict(kernel_size=3, stride=1, values="nan")),
    (
        "two-nans",
        "the last NaN of a window wins",
        (1, 1, 6, 6),
        dict(kernel_size=3, stride=1, values="two_nans"),
    ),
    (
        "nan-padded",
        "NaN at a border",
        (1, 1, 3, 3),
        dict(kernel_size=3, stride=1, padding=1, values="nan"),
    ),
    (
        "minus-inf",
        "nothing exceeds the initial -inf: the first tap wins",
        (2, 2, 5, 5),
        dict(kernel_size=2, stride=1, values="minus_inf"),
    ),
    (
        "minus-inf-padded",
        "the first tap inside the image",
        (1, 2, 5, 5),
        dict(kernel_size=3, stride=2, padding=1, values="minus_inf"),
    ),
    (
        "infinities",
        "infinities of both signs",
        (1, 2, 6, 6),
        dict(kernel_size=2, stride=1, values="infinities"),
    ),
    ("zeros", "-0 and 0 tie", (1, 2, 6, 6), dict(kernel_size=2, stride=1, values="signed_zeros")),
    (
        "return-indices",
        "nn.functional returns them, too",
        (1, 2, 6, 6),
        dict(kernel_size=2, return_indices=True),
    ),
    (
        "strided-ties",
        "indices count the plane, not the memory",
        (1, 2, 6, 6),
        dict(kernel_size=2, stride=1, layout="strided", values="ties"),
    ),
)

PROBLEMS = pools("max_pool2d", (*SHARED, *OWN))
SPECIAL_VALUES = ("padding",)

LAYERS = (
    Problem(
        "max_pool2d",
        "resnet-pool",
        "ResNet's only max pool",
        {"input": (1, 8, 28, 28)},
        {"kernel_size": 3, "stride": 2, "padding": 1},
    ),
)

REJECTS = (
    *bad_pools("max_pool2d"),
    bad_pool("max_pool2d", "dilation 0", dilation=0),
    bad_pool("max_pool2d", "negative dilation", dilation=(1, -1)),
    bad_pool("max_pool2d", "a dilated window larger than the image", dilation=3),
)
