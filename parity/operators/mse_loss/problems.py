"""mse_loss problems: reductions, weights, sums around the elements of a block, bad input."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared.pointwise_problems import broadcast_problems

REDUCTIONS = ("none", "mean", "sum")


def _mse(
    name: str,
    reason: str,
    shape: Shape,
    weighted: bool = False,
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    inputs = {"input": shape, "target": shape}
    if weighted:
        inputs["weight"] = shape
    return Problem("mse_loss", name, reason, inputs, options, layout, values)


PROBLEMS = (
    *(_mse(each, f"reduction {each}", (3, 5), reduction=each) for each in REDUCTIONS),
    *(
        _mse(f"weighted-{each}", f"weights, reduction {each}", (3, 5), True, reduction=each)
        for each in REDUCTIONS
    ),
    _mse("scalar", "no dimension at all", ()),
    _mse("power-of-two", "a mean's gradient without rounding", (4, 8)),
    *(_mse(f"terms-{n}", "a sum around a block's size", (n,)) for n in (127, 128, 129)),
    *(
        _mse(f"blocks-{n}", "a sum around the number of elements of a block", (n,), reduction="sum")
        for n in (1023, 1024, 1025, 3000)
    ),
    _mse("blocks-weighted", "every block adds up some of the weights", (2100,), True),
    *broadcast_problems("mse_loss"),
    _mse("no-terms", "the mean of no elements is NaN", (0, 3)),
    _mse("no-terms-sum", "the sum of no elements is 0", (0, 3), reduction="sum"),
    _mse("nan", "NaN makes the loss and one gradient NaN", (4, 5), values="nan"),
    _mse("infinities", "infinities of both signs", (4, 5), values="infinities"),
    _mse("tiny", "squares that underflow", (4, 5), values="tiny", reduction="sum"),
    *(
        _mse(
            f"{layout}-{each}", f"every array {layout}", (2, 3, 4, 5), True, layout, reduction=each
        )
        for layout in ("strided", "channels_last", "reversed")
        for each in ("none", "mean")
    ),
)
SPECIAL_VALUES = ("none", "mean", "weighted-mean", "weighted-sum")

REJECTS = (
    rejected("mse_loss", "shapes that do not fit", {"input": zeros(2, 3), "target": zeros(2, 4)}),
    rejected(
        "mse_loss",
        "weights of another shape",
        {"input": zeros(2, 3), "target": zeros(2, 3), "weight": zeros(3)},
    ),
    rejected(
        "mse_loss",
        "an unknown reduction",
        {"input": zeros(2), "target": zeros(2)},
        reduction="max",
    ),
)
