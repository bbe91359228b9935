"""avg_pool2d problems: those of every pooling, divisors, special values."""

from crosscheck.parity.problem import Problem
from crosscheck.parity.shared.pooling_problems import SHARED, Row, bad_pool, bad_pools, pools

OWN: tuple[Row, ...] = (
    (
        "exclude-padding",
        "the divisor counts pixels",
        (1, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, count_include_pad=False),
    ),
    (
        "exclude-padding-quads",
        "four channels at a time, whose divisor differs from window to window",
        (2, 4, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, count_include_pad=False, layout="channels_last"),
    ),
    (
        "planes-of-pixels",
        "eight images at a time, and one left, whose channels lie side by side",
        (9, 3, 4, 5),
        dict(kernel_size=3, stride=1, layout="channels_last"),
    ),
    (
        "exclude-padding-half",
        "one pixel in a corner window",
        (1, 2, 4, 4),
        dict(kernel_size=4, stride=1, padding=2, count_include_pad=False),
    ),
    (
        "include-padding-ceil",
        "the divisor stops at the padding's edge",
        (1, 2, 6, 7),
        dict(kernel_size=3, stride=2, padding=1, ceil_mode=True),
    ),
    (
        "exclude-padding-ceil",
        "the divisor stops at the image's edge",
        (1, 2, 6, 7),
        dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    ),
    (
        "ceil-include",
        "a window over the edge, without padding",
        (1, 2, 6, 5),
        dict(kernel_size=(2, 3), stride=(2, 3), ceil_mode=True),
    ),
    ("divisor-1", "a sum", (1, 2, 5, 5), dict(kernel_size=2, stride=1, divisor_override=1)),
    (
        "divisor-3",
        "a divisor other than the window's size",
        (1, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, divisor_override=3),
    ),
    (
        "divisor-negative",
        "PyTorch accepts it",
        (1, 2, 5, 5),
        dict(kernel_size=2, divisor_override=-2),
    ),
    (
        "divisor-over-padding",
        "it overrides count_include_pad",
        (1, 2, 5, 5),
        dict(kernel_size=3, padding=1, count_include_pad=False, divisor_override=7),
    ),
    (
        "nan",
        "NaN reaches the windows that hold it",
        (1, 2, 6, 6),
        dict(kernel_size=3, stride=1, values="nan"),
    ),
    (
        "infinities",
        "infinities reach the windows that hold them",
        (1, 2, 6, 6),
        dict(kernel_size=2, stride=1, values="infinities"),
    ),
    ("tiny", "sums of subnormals", (1, 2, 5, 5), dict(kernel_size=3, stride=1, values="tiny")),
)

PROBLEMS = pools("avg_pool2d", (*SHARED, *OWN))
SPECIAL_VALUES = ("padding", "exclude-padding-ceil", "divisor-negative")

LAYERS = (
    Problem(
        "avg_pool2d",
        "lenet-s2",
        "LeNet-5's subsampling",
        {"input": (1, 6, 28, 28)},
        {"kernel_size": 2},
    ),
    Problem(
        "avg_pool2d",
        "resnet-global",
        "the whole image",
        {"input": (2, 64, 7, 7)},
        {"kernel_size": 7},
    ),
)

REJECTS = (*bad_pools("avg_pool2d"), bad_pool("avg_pool2d", "divisor 0", divisor_override=0))
