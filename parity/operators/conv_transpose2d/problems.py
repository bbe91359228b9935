"""conv_transpose2d problems: what conv2d's do not reach: output padding, and the bias of what is an
input gradient there.
"""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

OP = "conv_transpose2d"


def _transposed(
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
    shapes = {"input": input, "weight": weight}
    if bias:
        shapes["bias"] = (weight[1] * options.get("groups", 1),)
    return Problem(OP, name, reason, shapes, options, layout, values)


PROBLEMS = (
    _transposed("one-pixel", "every extent is 1", (1, 1, 1, 1), (1, 1, 1, 1)),
    _transposed("stride-1", "every window overlaps its neighbours", (2, 3, 5, 4), (3, 4, 3, 3)),
    _transposed(
        "doubles",
        "the layer of a U-Net: windows side by side",
        (2, 6, 4, 5),
        (6, 3, 2, 2),
        stride=2,
    ),
    _transposed(
        "dcgan",
        "the layer of a DCGAN: each output has four windows",
        (2, 5, 4, 4),
        (5, 3, 4, 4),
        bias=False,
        stride=2,
        padding=1,
    ),
    _transposed(
        "gaps",
        "a stride over the window: rows of the bias alone",
        (1, 2, 3, 4),
        (2, 3, 1, 2),
        stride=3,
    ),
    _transposed(
        "output-padding",
        "one row and two columns more",
        (1, 2, 3, 4),
        (2, 3, 3, 3),
        stride=(2, 3),
        padding=1,
        output_padding=(1, 2),
    ),
    _transposed(
        "no-pixels",
        "outputs of an empty batch that read no pixels: the weight's gradient is 0",
        (0, 6, 0, 5),
        (6, 1, 3, 1),
        bias=False,
        stride=(1, 2),
        padding=(1, 2),
        output_padding=(2, 0),
        groups=2,
        dilation=(3, 2),
    ),
    _transposed(
        "output-padding-over-stride",
        "room for a window more, which the input does not have",
        (2, 2, 4, 3),
        (2, 3, 3, 2),
        stride=(1, 2),
        output_padding=(1, 2),
        dilation=(2, 3),
    ),
    _transposed(
        "padding-over-window",
        "pixels of the input that reach the output with no tap, or one",
        (1, 2, 6, 6),
        (2, 3, 2, 3),
        padding=(2, 1),
    ),
    _transposed(
        "dilation", "swapped dilations would show", (1, 2, 4, 5), (2, 3, 3, 3), dilation=(1, 2)
    ),
    _transposed(
        "groups",
        "groups of unequal sizes in and out, with everything else",
        (2, 4, 3, 4),
        (4, 3, 3, 2),
        groups=2,
        stride=(2, 1),
        padding=1,
        output_padding=(1, 0),
        dilation=(1, 2),
    ),
    _transposed(
        "depthwise", "one channel per group", (2, 5, 4, 4), (5, 1, 3, 3), groups=5, stride=2
    ),
    _transposed(
        "depthwise-multiplier",
        "the filters of a channel are added up",
        (1, 6, 4, 3),
        (6, 1, 3, 3),
        groups=3,
        padding=1,
    ),
    _transposed("filter-1x1", "a matrix product, and a bias", (2, 5, 4, 4), (5, 6, 1, 1)),
    _transposed(
        "tiles",
        "every extent past a tile of 16, and its bias",
        (1, 17, 4, 5),
        (17, 18, 3, 3),
        stride=2,
        padding=1,
    ),
    _transposed(
        "split-sum",
        "few outputs and a long sum: one part adds the bias",
        (1, 90, 2, 2),
        (90, 2, 2, 2),
    ),
    _transposed(
        "unbatched", "three dimensions", (3, 4, 5), (3, 2, 3, 3), stride=2, output_padding=1
    ),
    _transposed(
        "zero-batch", "no image: gradients are zeros", (0, 3, 4, 5), (3, 2, 3, 3), stride=2
    ),
    *(
        _transposed(
            layout,
            f"every array {layout}",
            (2, 3, 4, 5),
            (3, 4, 3, 2),
            layout=layout,
            stride=2,
            padding=1,
        )
        for layout in ("strided", "channels_last", "reversed")
    ),
    _transposed(
        "quads",
        "channels_last by four",
        (2, 8, 4, 4),
        (8, 12, 2, 2),
        layout="channels_last",
        stride=2,
    ),
    _transposed(
        "nan",
        "NaN reaches the outputs that its window has",
        (1, 2, 4, 4),
        (2, 3, 3, 3),
        values="nan",
        stride=2,
    ),
)
SPECIAL_VALUES = ("groups",)


def _bad(
    wrong: str, input: Shape = (1, 4, 5, 5), weight: Shape = (4, 2, 3, 3), **options: object
) -> Problem:
    inputs = {"input": zeros(*input), "weight": zeros(*weight)}
    return rejected(OP, wrong, inputs, **options)


REJECTS = (
    _bad("stride 0", stride=0),
    _bad("negative padding", padding=-1),
    _bad("a name for the padding", padding="same"),
    _bad("negative output padding", stride=2, output_padding=-1),
    _bad("output padding as large as stride and dilation", stride=2, output_padding=2),
    _bad("output padding over one stride", stride=(2, 1), output_padding=(1, 1)),
    _bad("dilation 0", dilation=0),
    _bad("no groups", groups=0),
    _bad("groups that do not divide the channels", groups=3),
    _bad("more channels than the weight has", (1, 5, 5, 5)),
    _bad("a weight without filters", weight=(4, 0, 3, 3)),
    _bad("a weight without taps", weight=(4, 2, 0, 3)),
    _bad("padding that leaves no output", padding=(0, 4)),
    _bad("an input without rows", (1, 4, 0, 5)),
    _bad("an input of two dimensions", (5, 5)),
    _bad("a weight of three dimensions", weight=(4, 2, 3)),
    rejected(
        OP,
        "a bias of the input's channels",
        {"input": zeros(1, 4, 5, 5), "weight": zeros(4, 2, 3, 3), "bias": zeros(4)},
    ),
)
