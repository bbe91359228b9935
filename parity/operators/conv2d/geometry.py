"""conv2d problems: filter sizes and padding; strides.py goes on with strides, dilation and groups.

Shapes are small, because mistakes show at the edges; layers.py has shapes of real networks.
"""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem


def conv(
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
    """Return a problem of conv2d, with or without a bias."""
    shapes = {"input": input, "weight": weight}
    if bias:
        shapes["bias"] = weight[:1]
    return Problem("conv2d", name, reason, shapes, options, layout, values)


FILTERS = (
    conv("one-pixel", "every extent is 1", (1, 1, 1, 1), (1, 1, 1, 1)),
    conv("filter-1x1", "no neighbours: a matrix product", (2, 3, 5, 4), (4, 3, 1, 1)),
    conv("filter-3x3", "the common case", (2, 3, 7, 6), (4, 3, 3, 3)),
    conv("filter-2x2", "an even filter has no centre", (2, 3, 5, 6), (4, 3, 2, 2)),
    conv("filter-4x4", "a larger even filter", (1, 2, 7, 8), (3, 2, 4, 4), padding=1),
    conv("filter-2x3", "height and width swapped would show", (1, 3, 6, 5), (4, 3, 2, 3)),
    conv("filter-1x5", "a row", (1, 2, 4, 9), (3, 2, 1, 5), padding=(0, 2)),
    conv("filter-5x1", "a column", (1, 2, 9, 4), (3, 2, 5, 1), padding=(2, 0)),
    conv("filter-7x7", "more taps than a tile", (1, 2, 9, 10), (3, 2, 7, 7), padding=3),
    conv("filter-is-image", "one output position", (2, 3, 4, 5), (4, 3, 4, 5)),
    conv(
        "filter-over-image",
        "the filter is larger than the image",
        (1, 2, 3, 4),
        (3, 2, 5, 7),
        padding=(1, 2),
    ),
    conv(
        "filter-over-image-even",
        "larger than the image and even",
        (2, 2, 2, 3),
        (3, 2, 4, 6),
        padding=2,
    ),
)

PADDING = (
    conv("padding-1", "a border all around", (2, 2, 4, 5), (3, 2, 3, 3), padding=1),
    conv("padding-rows", "top and bottom only", (1, 2, 4, 5), (3, 2, 3, 3), padding=(2, 0)),
    conv("padding-columns", "left and right only", (1, 2, 4, 5), (3, 2, 3, 3), padding=(0, 2)),
    conv(
        "padding-over-stride",
        "padding larger than the stride",
        (1, 2, 5, 5),
        (3, 2, 4, 4),
        padding=3,
        stride=2,
    ),
    conv(
        "padding-over-filter",
        "outputs that read nothing but padding",
        (1, 2, 3, 3),
        (2, 2, 2, 2),
        padding=(4, 3),
    ),
    conv(
        "padding-over-one-tap",
        "outputs of padding alone, whose sign PyTorch leaves to its matrix product",
        (1, 1, 1, 1),
        (2, 1, 1, 1),
        padding=1,
    ),
    conv(
        "padding-one-number",
        "a sequence of one stands for both",
        (1, 2, 5, 4),
        (2, 2, 3, 3),
        padding=(1,),
    ),
    conv("valid", "padding by name", (1, 2, 5, 4), (2, 2, 3, 3), padding="valid"),
    conv(
        "valid-stride",
        "'valid' accepts a stride",
        (1, 2, 7, 6),
        (2, 2, 3, 3),
        padding="valid",
        stride=2,
    ),
    conv("same-odd", "as much padding on both sides", (2, 2, 5, 4), (3, 2, 3, 5), padding="same"),
    conv(
        "same-even",
        "the odd row and column of padding is at the bottom and right",
        (2, 2, 5, 4),
        (3, 2, 2, 4),
        padding="same",
    ),
    conv("same-mixed", "even in one direction only", (1, 2, 5, 6), (3, 2, 4, 3), padding="same"),
    conv(
        "same-dilated",
        "an even filter, dilation odd and even",
        (1, 2, 6, 7),
        (3, 2, 2, 2),
        padding="same",
        dilation=(3, 2),
    ),
    conv(
        "same-over-image",
        "the filter is larger than the image",
        (1, 1, 2, 3),
        (2, 1, 5, 4),
        padding="same",
    ),
    conv("same-groups", "'same' and groups", (1, 4, 5, 5), (6, 2, 2, 2), padding="same", groups=2),
)

PROBLEMS = (*FILTERS, *PADDING)
SPECIAL_VALUES = ("padding-1",)
