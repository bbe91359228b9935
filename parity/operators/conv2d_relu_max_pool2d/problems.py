"""conv2d_relu_max_pool2d problems: where windows of pooling meet the edges of outputs and tiles."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros


def _conv(
    name: str,
    reason: str,
    input: Shape,
    weight: Shape,
    *,
    bias: bool = True,
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    inputs = {"input": input, "weight": weight} | ({"bias": weight[:1]} if bias else {})
    return Problem("conv2d_relu_max_pool2d", name, reason, inputs, options, layout, values)


PROBLEMS = (
    _conv("one-window", "one output", (1, 1, 2, 2), (1, 1, 1, 1)),
    _conv("filter-3x3", "the common case", (2, 3, 6, 8), (4, 3, 3, 3), padding=1),
    _conv("odd", "the last row and column have no window", (2, 3, 7, 9), (4, 3, 3, 3), padding=1),
    _conv("no-bias", "the bias left out", (2, 3, 6, 6), (4, 3, 3, 3), bias=False),
    _conv(
        "strided",
        "neighbours in a window two pixels apart",
        (1, 4, 9, 13),
        (6, 2, 3, 3),
        groups=2,
        stride=2,
    ),
    _conv(
        "depthwise",
        "on the tape two kernels, of which the first sums in another order than any fused one",
        (2, 3, 11, 9),
        (6, 1, 3, 3),
        groups=3,
        padding=1,
    ),
    _conv("dilated", "a window of distant pixels", (1, 2, 9, 8), (3, 2, 2, 3), dilation=(3, 2)),
    _conv(
        "several-tiles",
        "windows and filters past the edge of a tile",
        (1, 3, 10, 18),
        (65, 3, 1, 3),
    ),
    _conv("images-in-a-tile", "a tile spans several images", (5, 3, 5, 4), (4, 3, 2, 2)),
    _conv(
        "long-sum",
        "few outputs and a long sum, which is not split",
        (1, 40, 4, 4),
        (2, 40, 3, 3),
        padding=1,
    ),
    _conv(
        "quads",
        "channels_last by four: a store writes filters",
        (2, 8, 5, 6),
        (20, 8, 3, 2),
        layout="channels_last",
        padding=1,
    ),
    _conv(
        "reversed",
        "an output that is no row of memory",
        (2, 3, 5, 5),
        (4, 3, 2, 2),
        layout="reversed",
    ),
    _conv("unbatched", "three dimensions", (3, 5, 6), (4, 3, 3, 3), padding=1),
    _conv("zero-batch", "no image", (0, 3, 5, 5), (4, 3, 3, 3)),
    _conv("nan", "NaN wins as the third of its window", (1, 1, 6, 6), (3, 1, 1, 1), values="nan"),
    _conv(
        "infinities",
        "a window of -infinity gives 0",
        (1, 2, 5, 5),
        (3, 2, 2, 2),
        values="infinities",
    ),
)
SPECIAL_VALUES = ("filter-3x3",)

LAYERS = (
    _conv(
        "vgg-conv2-2", "a layer of VGG before a pool", (1, 64, 28, 28), (64, 64, 3, 3), padding=1
    ),
)

REJECTS = (
    rejected(
        "conv2d_relu_max_pool2d",
        "an output of one row",
        {"input": zeros(1, 1, 1, 4), "weight": zeros(1, 1, 1, 1)},
    ),
    rejected(
        "conv2d_relu_max_pool2d",
        "an input without channels",
        {"input": zeros(1, 0, 4, 4), "weight": zeros(2, 0, 1, 1)},
    ),
)
