"""conv1d: conv2d of images of one row, with its bounds."""

from crosscheck.kernels.convolution import conv1d
from crosscheck.parity.case import Shape
from crosscheck.parity.operators.conv2d.operator import OPERATOR as CONV2D
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import signals

OPERATOR = signals.of_images(CONV2D, "conv1d", conv1d, conv1d.ROWS)


def _conv(
    name: str,
    reason: str,
    input: Shape = (2, 4, 11),
    weight: Shape = (6, 2, 3),
    layout: str = "contiguous",
    **options: object,
) -> Problem:
    inputs = {"input": input, "weight": weight, "bias": weight[:1]}
    return Problem("conv1d", name, reason, inputs, {"groups": 2, **options}, layout)


PROBLEMS = (
    _conv("plain", "a bias and two groups"),
    _conv("everything", "every option at once", stride=2, padding=3, dilation=(2,)),
    _conv("same", "an even filter: one side pads more", weight=(6, 2, 4), padding="same"),
    _conv("one-tap", "a product of matrices", weight=(6, 2, 1), stride=(3,)),
    _conv("whole", "a filter as long as the signal", weight=(6, 2, 11)),
    _conv("long", "outputs beyond a block", (1, 2, 300), (2, 1, 5), padding=(2,)),
    _conv("unbatched", "two dimensions", (4, 11), stride=2),
    _conv("no-signals", "an empty batch", (0, 4, 11)),
    _conv("strided", "every array strided", layout="strided", stride=2, padding=1),
    _conv("transposed", "every array transposed", layout="transposed", padding=1),
)
SPECIAL_VALUES = ("everything",)


def _bad(
    wrong: str, input: Shape = (1, 4, 6), weight: Shape = (4, 4, 3), **options: object
) -> Problem:
    inputs = {"input": zeros(*input), "weight": zeros(*weight)}
    return rejected("conv1d", wrong, inputs, **options)


REJECTS = (
    _bad("stride 0", stride=0),
    _bad("two strides", stride=(1, 1)),
    _bad("negative padding", padding=(-1,)),
    _bad("padding of an unknown name", padding="full"),
    _bad("same padding with stride 2", padding="same", stride=2),
    _bad("dilation 0", dilation=0),
    _bad("more channels than the filter has", weight=(4, 3, 3)),
    _bad("a filter longer than the signal", weight=(4, 4, 7)),
    _bad("a filter of two dimensions", weight=(4, 4)),
    _bad("a signal of four dimensions", input=(1, 4, 1, 6)),
    _bad("a signal of one dimension", input=(6,)),
)

FAULTS = signals.faults("conv1d", "plain", "everything")
