"""conv2d_relu problems: one for each way to the end of a kernel. conv2d has those of the sum."""

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
    return Problem("conv2d_relu", name, reason, inputs, options, layout, values)


PROBLEMS = (
    _conv("one", "every extent is 1", (1, 1, 1, 1), (1, 1, 1, 1)),
    _conv("filter-3x3", "the common case", (2, 3, 7, 6), (4, 3, 3, 3), padding=1),
    _conv("no-bias", "the bias left out", (2, 3, 5, 5), (4, 3, 3, 3), bias=False),
    _conv("filter-1x1", "rows of four pixels", (2, 3, 4, 4), (5, 3, 1, 1)),
    _conv(
        "strided-groups", "few outputs of a group", (1, 4, 9, 7), (6, 2, 3, 3), groups=2, stride=2
    ),
    _conv(
        "depthwise", "columns of several outputs", (2, 3, 11, 9), (6, 1, 3, 3), groups=3, padding=1
    ),
    _conv(
        "several-tiles",
        "filters and positions past the edge of a tile",
        (1, 3, 1, 65),
        (65, 3, 1, 3),
        padding=(0, 1),
    ),
    _conv(
        "split-sum",
        "few outputs and a long sum: blocks share its terms",
        (1, 40, 3, 3),
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
    _conv("nan", "NaN stays NaN", (1, 2, 6, 6), (3, 2, 3, 3), values="nan"),
    _conv("infinities", "-infinity becomes 0", (1, 2, 5, 5), (3, 2, 2, 2), values="infinities"),
    _conv("zeros", "signed zeros", (1, 2, 5, 5), (3, 2, 3, 3), values="signed_zeros"),
)
SPECIAL_VALUES = ("filter-3x3",)

LAYERS = (_conv("vgg-conv1-2", "a layer of VGG", (1, 64, 28, 28), (64, 64, 3, 3), padding=1),)

REJECTS = (
    rejected(
        "conv2d_relu",
        "a bias of another length",
        {"input": zeros(1, 4, 6, 6), "weight": zeros(4, 4, 3, 3), "bias": zeros(3)},
    ),
    rejected(
        "conv2d_relu",
        "stride 0",
        {"input": zeros(1, 1, 3, 3), "weight": zeros(1, 1, 1, 1)},
        stride=0,
    ),
)
