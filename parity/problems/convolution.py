"""conv2d problems: what goes wrong in convolution kernels, one named case each.

Shapes are small, because the traps are at edges; only LAYERS looks like real networks.
"""

from parity.case import Shape
from parity.problems.problem import Problem

TILES = (15, 16, 17, 33)  # around one tile of 16, and a third tile begun
BLOCKS = (255, 256, 257, 513)  # around one block of 256 threads


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
    """Return a problem; the bias has one element per filter."""
    shapes = {"input": input, "weight": weight}
    if bias:
        shapes["bias"] = weight[:1]
    return Problem("conv2d", name, reason, shapes, options, layout, values)


TILE_EDGES = (
    *(
        conv(f"filters-{k}", "output channels around a tile's edge", (1, 2, 5, 5), (k, 2, 3, 3))
        for k in TILES
    ),
    *(
        conv(f"channels-{c}", "the sum's length around a tile's edge", (1, c, 4, 3), (3, c, 1, 1))
        for c in TILES
    ),
    *(
        conv(f"columns-{q}", "output positions around a tile's edge", (1, 3, 1, q), (2, 3, 1, 1))
        for q in TILES
    ),
    *(
        conv(f"tiles-{t}", "all three around a tile's edge at once", (1, t, 1, t), (t, t, 1, 1))
        for t in TILES
    ),
    *(
        conv(
            f"positions-{b}",
            "the bias gradient's sum around a block's edge",
            (1, 1, 1, b),
            (2, 1, 1, 1),
        )
        for b in BLOCKS
    ),
    conv(
        "images-in-a-tile", "one tile of positions spans several images", (5, 3, 3, 3), (4, 3, 2, 2)
    ),
    conv(
        "sum-of-3-tiles",
        "shared memory is filled again and again: each barrier counts",
        (2, 5, 6, 6),
        (18, 5, 3, 3),
    ),
)

FILTERS = (
    conv("one-pixel", "everything is 1", (1, 1, 1, 1), (1, 1, 1, 1)),
    conv("filter-1x1", "no window at all", (2, 3, 5, 4), (4, 3, 1, 1)),
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
        "outputs that see nothing but padding",
        (1, 2, 3, 3),
        (2, 2, 2, 2),
        padding=(4, 3),
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
        "'valid' takes a stride",
        (1, 2, 7, 6),
        (2, 2, 3, 3),
        padding="valid",
        stride=2,
    ),
    conv("same-odd", "the same on both sides", (2, 2, 5, 4), (3, 2, 3, 5), padding="same"),
    conv(
        "same-even", "one more at the bottom and right", (2, 2, 5, 4), (3, 2, 2, 4), padding="same"
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

STRIDES = (
    conv("stride-2", "every second position", (2, 2, 7, 7), (3, 2, 3, 3), stride=2),
    conv("stride-1-2", "swapped strides would show", (1, 2, 6, 8), (3, 2, 3, 3), stride=(1, 2)),
    conv("stride-2-1", "swapped strides would show", (1, 2, 8, 6), (3, 2, 3, 3), stride=(2, 1)),
    conv(
        "stride-6-2",
        "far apart in one direction",
        (1, 2, 14, 8),
        (3, 2, 3, 3),
        stride=(6, 2),
        padding=1,
    ),
    conv(
        "stride-over-filter",
        "pixels no window sees: gradient 0",
        (1, 2, 8, 9),
        (3, 2, 2, 2),
        stride=(3, 4),
    ),
    conv("stride-over-image", "one output position", (1, 2, 4, 5), (3, 2, 3, 3), stride=7),
    conv("stride-list", "PyTorch takes lists", (1, 2, 6, 6), (3, 2, 3, 3), stride=[2, 1]),
    conv(
        "remainder-1",
        "(h - r) % stride = 1: a last row no window sees",
        (2, 2, 6, 7),
        (3, 2, 3, 2),
        stride=2,
    ),
    conv(
        "remainder-padded",
        "the remainder falls into the padding",
        (1, 2, 6, 6),
        (3, 2, 3, 3),
        stride=2,
        padding=1,
    ),
    conv("remainder-2", "two rows and one column left over", (1, 2, 8, 7), (3, 2, 3, 3), stride=3),
    conv(
        "remainder-dilated",
        "remainder, stride and dilation at once",
        (1, 2, 10, 9),
        (2, 2, 3, 2),
        stride=(3, 2),
        dilation=(2, 3),
        padding=(1, 2),
    ),
)

DILATION = (
    conv("dilation-2", "gaps between the taps", (2, 2, 7, 7), (3, 2, 3, 3), dilation=2),
    conv(
        "dilation-1-3", "swapped dilations would show", (1, 2, 5, 9), (3, 2, 3, 3), dilation=(1, 3)
    ),
    conv(
        "dilation-3-1", "swapped dilations would show", (1, 2, 9, 5), (3, 2, 3, 3), dilation=(3, 1)
    ),
    conv(
        "dilation-padded",
        "taps on both sides of the image",
        (1, 2, 4, 4),
        (3, 2, 3, 3),
        dilation=4,
        padding=4,
    ),
    conv(
        "dilation-stride",
        "dilation and stride share no factor",
        (1, 2, 9, 9),
        (3, 2, 3, 3),
        dilation=2,
        stride=3,
        padding=2,
    ),
    conv(
        "dilation-equals-stride",
        "only every second pixel is ever seen",
        (1, 2, 9, 8),
        (3, 2, 3, 3),
        dilation=2,
        stride=2,
        padding=1,
    ),
)

GROUPS = (
    conv(
        "groups-2", "the group's offset in input and filters", (2, 4, 5, 5), (6, 2, 3, 3), groups=2
    ),
    conv(
        "groups-3", "three groups of unequal sizes in and out", (1, 6, 4, 5), (3, 2, 2, 3), groups=3
    ),
    conv(
        "groups-tile", "a group's edge is not a tile's edge", (1, 6, 3, 3), (34, 3, 2, 2), groups=2
    ),
    conv(
        "groups-stride",
        "groups with everything else",
        (1, 4, 7, 6),
        (4, 2, 3, 2),
        groups=2,
        stride=(2, 1),
        padding=1,
        dilation=(1, 2),
    ),
    conv("depthwise", "one channel per group", (2, 5, 6, 5), (5, 1, 3, 3), groups=5, padding=1),
    conv(
        "depthwise-17",
        "more channels than a tile",
        (1, 17, 4, 4),
        (17, 1, 3, 3),
        groups=17,
        padding=1,
    ),
    conv(
        "depthwise-stride",
        "one channel per group, remainder left",
        (1, 4, 8, 7),
        (4, 1, 3, 3),
        groups=4,
        stride=2,
    ),
    conv("multiplier-2", "two filters per channel", (1, 3, 5, 5), (6, 1, 3, 3), groups=3),
    conv(
        "multiplier-3-stride",
        "three filters per channel, strided",
        (2, 2, 6, 5),
        (6, 1, 2, 3),
        groups=2,
        stride=2,
        padding=1,
    ),
)

SHAPES = (
    conv("no-bias", "the bias left out", (2, 3, 5, 5), (4, 3, 3, 3), bias=False),
    conv("unbatched", "three dimensions", (3, 5, 6), (4, 3, 3, 3), padding=1),
    conv(
        "unbatched-no-bias",
        "three dimensions, no bias",
        (2, 5, 4),
        (3, 2, 2, 2),
        bias=False,
        stride=2,
    ),
    conv("unbatched-groups", "three dimensions in groups", (4, 5, 5), (4, 1, 3, 3), groups=4),
    conv("zero-batch", "no image: gradients are zeros, not garbage", (0, 3, 5, 5), (4, 3, 3, 3)),
    conv(
        "zero-batch-groups", "no image, in groups", (0, 4, 5, 5), (4, 2, 2, 2), groups=2, bias=False
    ),
    conv("batch-7", "many small images", (7, 1, 3, 3), (2, 1, 2, 2)),
    conv("flat-image", "height 1", (2, 3, 1, 9), (2, 3, 1, 3), padding=(0, 1)),
    conv("tall-image", "width 1", (2, 3, 9, 1), (2, 3, 3, 1), padding=(1, 0)),
)

LAYOUTS = (
    *(
        conv(
            f"{layout}",
            f"every array {layout}",
            (2, 3, 5, 6),
            (4, 3, 3, 2),
            layout=layout,
            padding=1,
        )
        for layout in ("strided", "channels_last", "reversed")
    ),
    *(
        conv(
            f"{layout}-groups",
            f"{layout}, in groups, strided windows",
            (1, 4, 7, 5),
            (6, 2, 3, 3),
            layout=layout,
            groups=2,
            stride=2,
        )
        for layout in ("strided", "channels_last")
    ),
    conv(
        "strided-tiles",
        "strides across several tiles",
        (2, 17, 3, 6),
        (18, 17, 2, 2),
        layout="strided",
    ),
    conv(
        "strided-unbatched",
        "strides and three dimensions",
        (3, 5, 5),
        (2, 3, 3, 3),
        layout="strided",
    ),
)

VALUES = (
    conv(
        "nan",
        "NaN reaches the outputs that see it and no other",
        (1, 2, 6, 6),
        (3, 2, 3, 3),
        values="nan",
    ),
    conv(
        "nan-padded",
        "padding is no pixel: 0 * NaN must not come from it",
        (2, 2, 4, 4),
        (3, 2, 3, 3),
        values="nan",
        padding=2,
    ),
    conv(
        "infinities",
        "infinities reach the outputs that see them",
        (1, 2, 5, 5),
        (3, 2, 2, 2),
        values="infinities",
    ),
    conv(
        "tiny",
        "products below the smallest normal float32",
        (1, 3, 5, 5),
        (4, 3, 3, 3),
        values="tiny",
    ),
    conv(
        "zeros", "signed zeros among the pixels", (1, 2, 5, 5), (3, 2, 3, 3), values="signed_zeros"
    ),
)

EDGES = (*TILE_EDGES, *FILTERS, *PADDING, *STRIDES, *DILATION, *GROUPS, *SHAPES, *LAYOUTS, *VALUES)
