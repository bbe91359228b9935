"""Bad input to conv2d: stride, padding, dilation, groups, shapes and dtypes that do not fit."""

from crosscheck.parity.problem import Problem, rejected, zeros


def _conv(
    wrong: str,
    input: tuple = (1, 4, 6, 6),
    weight: tuple = (4, 4, 3, 3),
    bias: tuple = (4,),
    **options: object,
) -> Problem:
    inputs = {"input": zeros(*input), "weight": zeros(*weight), "bias": zeros(*bias)}
    return rejected("conv2d", wrong, inputs, **options)


REJECTS = (
    _conv("stride 0", stride=0),
    _conv("stride 0 in one direction", stride=(1, 0)),
    _conv("negative stride", stride=(-1, 1)),
    _conv("three strides", stride=(1, 1, 1)),
    _conv("a fractional stride", stride=1.5),
    _conv("negative padding", padding=-1),
    _conv("negative padding in one direction", padding=(0, -1)),
    _conv("padding of an unknown name", padding="full"),
    _conv("same padding with stride 2", padding="same", stride=2),
    _conv("same padding with stride 2 in one direction", padding="same", stride=(1, 2)),
    _conv("dilation 0", dilation=0),
    _conv("negative dilation", dilation=(1, -2)),
    _conv("no groups", groups=0),
    _conv("negative groups", groups=-1),
    _conv("groups that do not divide the channels", weight=(3, 1, 3, 3), bias=(3,), groups=3),
    _conv("groups that do not divide the filters", weight=(3, 2, 3, 3), bias=(3,), groups=2),
    _conv("more channels than the filter has", weight=(4, 3, 3, 3)),
    _conv("a filter too deep for its group", groups=2),
    _conv("a filter larger than the image", weight=(4, 4, 7, 3)),
    _conv("a dilated filter larger than the image", dilation=(1, 3)),
    _conv("a bias of another length", bias=(3,)),
    _conv("a bias of two dimensions", bias=(4, 1)),
    _conv("an input of two dimensions", input=(6, 6)),
    _conv("an input of five dimensions", input=(1, 1, 4, 6, 6)),
    _conv("a filter of three dimensions", weight=(4, 3, 3)),
    rejected(
        "conv2d",
        "two dtypes",
        {"input": zeros(1, 2, 4, 4), "weight": zeros(2, 2, 3, 3, dtype="float64")},
    ),
    rejected(
        "conv2d",
        "a bias of another dtype",
        {
            "input": zeros(1, 2, 4, 4),
            "weight": zeros(2, 2, 3, 3),
            "bias": zeros(2, dtype="float64"),
        },
    ),
)
