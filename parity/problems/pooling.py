"""Pooling problems: windows at borders, ties and special values, and how the average divides."""

from parity.case import Shape
from parity.problems.problem import Problem


def _pool(
    op: str,
    name: str,
    reason: str,
    input: Shape,
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    return Problem(op, name, reason, {"input": input}, options, layout, values)


# name, reason, input shape, options: what both pools have in common.
_WINDOWS = (
    ("halves", "windows side by side", (2, 3, 6, 8), dict(kernel_size=2)),
    ("default-stride", "the stride is the window, not 1", (1, 2, 9, 7), dict(kernel_size=3)),
    (
        "overlap",
        "a pixel's gradient is a sum over windows",
        (2, 2, 6, 5),
        dict(kernel_size=3, stride=1),
    ),
    ("overlap-2", "windows share a row", (1, 2, 7, 7), dict(kernel_size=3, stride=2)),
    ("window-2-3", "height and width swapped would show", (1, 2, 6, 7), dict(kernel_size=(2, 3))),
    ("window-3-2", "height and width swapped would show", (1, 2, 7, 6), dict(kernel_size=(3, 2))),
    ("stride-1-2", "swapped strides would show", (1, 2, 5, 8), dict(kernel_size=2, stride=(1, 2))),
    ("stride-2-1", "swapped strides would show", (1, 2, 8, 5), dict(kernel_size=2, stride=(2, 1))),
    (
        "stride-over-window",
        "pixels in no window: gradient 0",
        (1, 2, 8, 9),
        dict(kernel_size=2, stride=(3, 4)),
    ),
    ("one-pixel", "a window of one", (2, 2, 3, 4), dict(kernel_size=1)),
    ("whole-image", "one window", (2, 3, 4, 5), dict(kernel_size=(4, 5))),
    ("remainder", "a last row and column in no window", (1, 2, 7, 8), dict(kernel_size=(2, 3))),
    (
        "padding",
        "windows over every border",
        (2, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1),
    ),
    ("padding-rows", "padding in one direction", (1, 2, 5, 6), dict(kernel_size=2, padding=(1, 0))),
    (
        "padding-columns",
        "padding in one direction",
        (1, 2, 5, 6),
        dict(kernel_size=2, padding=(0, 1)),
    ),
    (
        "padding-half",
        "as much padding as is allowed",
        (1, 2, 5, 4),
        dict(kernel_size=(4, 5), stride=1, padding=2),
    ),
    (
        "ceil",
        "a last window that reaches over the edge",
        (1, 2, 6, 7),
        dict(kernel_size=3, stride=2, ceil_mode=True),
    ),
    (
        "ceil-exact",
        "nothing to round up",
        (1, 2, 7, 7),
        dict(kernel_size=3, stride=2, ceil_mode=True),
    ),
    (
        "ceil-padding",
        "over the edge and the padding",
        (1, 2, 6, 6),
        dict(kernel_size=3, stride=2, padding=1, ceil_mode=True),
    ),
    (
        "ceil-dropped",
        "a last window that starts in the padding is no window",
        (1, 2, 5, 5),
        dict(kernel_size=2, stride=3, padding=1, ceil_mode=True),
    ),
    (
        "ceil-mixed",
        "rounding up in one direction matters",
        (1, 2, 5, 8),
        dict(kernel_size=2, stride=(2, 2), ceil_mode=True),
    ),
    ("unbatched", "three dimensions", (3, 6, 5), dict(kernel_size=2, stride=1)),
    ("zero-batch", "no image", (0, 3, 5, 5), dict(kernel_size=2)),
    ("batch-5", "planes do not mix", (5, 3, 4, 4), dict(kernel_size=2)),
    ("stride-list", "PyTorch takes lists", (1, 2, 6, 6), dict(kernel_size=[2, 3], stride=[2, 1])),
    *(
        (f"outputs-{n}", "outputs around a block's edge", (1, 1, 1, n), dict(kernel_size=1))
        for n in (255, 256, 257)
    ),
)

_LAYOUTS = tuple(
    (
        layout,
        f"every array {layout}",
        (2, 3, 6, 5),
        dict(kernel_size=3, stride=2, padding=1, layout=layout),
    )
    for layout in ("strided", "channels_last", "reversed")
)

_MAX = (
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
        "nothing beats the start: the first tap wins",
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

_AVERAGE = (
    (
        "exclude-padding",
        "the divisor counts pixels",
        (1, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, count_include_pad=False),
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
        "over the edge, no padding to count",
        (1, 2, 6, 5),
        dict(kernel_size=(2, 3), stride=(2, 3), ceil_mode=True),
    ),
    ("divisor-1", "a sum", (1, 2, 5, 5), dict(kernel_size=2, stride=1, divisor_override=1)),
    (
        "divisor-3",
        "a divisor of one's own",
        (1, 2, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, divisor_override=3),
    ),
    (
        "divisor-negative",
        "PyTorch takes it",
        (1, 2, 5, 5),
        dict(kernel_size=2, divisor_override=-2),
    ),
    (
        "divisor-over-padding",
        "it goes before count_include_pad",
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


def _list(op: str, rows: tuple) -> tuple[Problem, ...]:
    return tuple(_pool(op, name, reason, shape, **more) for name, reason, shape, more in rows)


MAX = _list("max_pool2d", (*_WINDOWS, *_LAYOUTS, *_MAX))
AVERAGE = _list("avg_pool2d", (*_WINDOWS, *_LAYOUTS, *_AVERAGE))
