"""conv2d problems: sizes around the tiles of kernels, ranks, memory layouts, special values."""

from crosscheck.parity.operators.conv2d.geometry import conv

TILES = (15, 16, 17, 33)  # around one tile of 16, and one more than two
BLOCKED = (63, 65)  # around a tile of 64 in the blocked kernels
BLOCKS = (255, 256, 257, 513)  # around one block of 256 threads, and one more than two

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
    *(
        conv(
            f"blocked-{t}",
            "filters and positions around the edge of a blocked tile",
            (1, 3, 1, t),
            (t, 3, 1, 3),
            padding=(0, 1),
        )
        for t in BLOCKED
    ),
    conv(
        "split-sum",
        "few outputs and a long sum: blocks share its terms",
        (1, 40, 3, 3),
        (2, 40, 3, 3),
        padding=1,
    ),
    conv(
        "winograd-blocks",
        "filters, outputs and channels past one block of Winograd's kernel",
        (2, 9, 9, 11),
        (66, 9, 3, 3),
        padding=1,
    ),
    conv(
        "many-positions",
        "the weight gradient's blocks sum over three tiles each: 2116 positions, in 128 parts",
        (1, 2, 47, 47),
        (2, 2, 2, 2),
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
        "quads",
        "channels_last by four: a load brings channels, a store brings filters",
        (2, 8, 5, 6),
        (20, 8, 3, 2),
        layout="channels_last",
        padding=1,
    ),
    conv(
        "quads-3x3",
        "channels_last by four, as Winograd takes them",
        (2, 8, 5, 6),
        (8, 8, 3, 3),
        layout="channels_last",
        padding=1,
    ),
    conv(
        "quads-groups",
        "channels_last by four, in groups, strided windows",
        (1, 24, 7, 5),
        (8, 12, 3, 3),
        layout="channels_last",
        groups=2,
        stride=2,
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
        "NaN reaches the outputs that read it and no other",
        (1, 2, 6, 6),
        (3, 2, 3, 3),
        values="nan",
    ),
    conv(
        "nan-padded",
        "padding beside NaN: it adds zeros, not NaN",
        (2, 2, 4, 4),
        (3, 2, 3, 3),
        values="nan",
        padding=2,
    ),
    conv(
        "infinities",
        "infinities reach the outputs that read them",
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

PROBLEMS = (*TILE_EDGES, *SHAPES, *LAYOUTS, *VALUES)
