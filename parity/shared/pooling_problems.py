"""Problems that max and average pooling share: windows, borders, layouts, bad input."""

from collections.abc import Iterable

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

# name, reason, the input or its shape, options (and `layout` or `values`)
Row = tuple[str, str, Shape | np.ndarray, dict]


def pools(op: str, rows: Iterable[Row]) -> tuple[Problem, ...]:
    """Return the rows as problems of `op`."""
    return tuple(_pool(op, *row) for row in rows)


def _pool(op: str, name: str, reason: str, input: Shape | np.ndarray, options: dict) -> Problem:
    own = {key: value for key, value in options.items() if key not in ("layout", "values")}
    how = {key: value for key, value in options.items() if key not in own}
    return Problem(op, name, reason, {"input": input}, own, **how)


WINDOWS: tuple[Row, ...] = (
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
    (
        "quads-of-channels",
        "four channels at a time, windows over every border",
        (2, 8, 5, 6),
        dict(kernel_size=3, stride=2, padding=1, layout="channels_last"),
    ),
    (
        "quads-of-ties",
        "four channels at a time, few different values",
        (1, 4, 6, 5),
        dict(kernel_size=(2, 3), stride=(2, 1), layout="channels_last", values="ties"),
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
        "the most padding that is allowed",
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
    (
        "tiles",
        "windows across the edges of tiles, in rows that begin anywhere",
        (1, 2, 45, 133),
        dict(kernel_size=(4, 5), stride=1, padding=(1, 2)),
    ),
    (
        "tiles-in-quads",
        "the same, 128 bits at a time, few different values",
        (2, 1, 29, 272),
        dict(kernel_size=(5, 3), stride=(1, 2), padding=1, ceil_mode=True, values="ties"),
    ),
    (
        "tiles-of-large-windows",
        "two rows of windows in a tile",
        (1, 2, 34, 192),
        dict(kernel_size=(11, 9), padding=(0, 4)),
    ),
    ("unbatched", "three dimensions", (3, 6, 5), dict(kernel_size=2, stride=1)),
    ("zero-batch", "no image", (0, 3, 5, 5), dict(kernel_size=2)),
    ("batch-5", "planes do not mix", (5, 3, 4, 4), dict(kernel_size=2)),
    ("stride-list", "PyTorch accepts lists", (1, 2, 6, 6), dict(kernel_size=[2, 3], stride=[2, 1])),
    *(
        (f"outputs-{n}", "outputs around a block's edge", (1, 1, 1, n), dict(kernel_size=1))
        for n in (255, 256, 257)
    ),
)

LAYOUTS: tuple[Row, ...] = tuple(
    (
        layout,
        f"every array {layout}",
        (2, 3, 6, 5),
        dict(kernel_size=3, stride=2, padding=1, layout=layout),
    )
    for layout in ("strided", "channels_last", "reversed")
)

SHARED = (*WINDOWS, *LAYOUTS)


SIGNALS: tuple[Row, ...] = (
    ("halves", "windows side by side", (2, 3, 8), dict(kernel_size=2)),
    ("overlap", "an element's gradient is a sum", (2, 2, 9), dict(kernel_size=(3,), stride=1)),
    ("padding", "windows over both ends", (2, 2, 9), dict(kernel_size=3, stride=2, padding=1)),
    (
        "ceil",
        "a last window that reaches over the end",
        (1, 2, 8),
        dict(kernel_size=3, stride=(2,), padding=(1,), ceil_mode=True),
    ),
    ("long", "outputs beyond a block", (1, 1, 300), dict(kernel_size=1)),
    ("unbatched", "two dimensions", (3, 9), dict(kernel_size=2, stride=1)),
    ("no-signals", "an empty batch", (0, 3, 9), dict(kernel_size=2)),
    ("strided", "every array strided", (2, 3, 9), dict(kernel_size=3, stride=2, layout="strided")),
)


def bad_pool(op: str, wrong: str, input: tuple = (1, 2, 6, 6), **options: object) -> Problem:
    """Return one bad input of `op`; `wrong` says what is wrong."""
    return rejected(op, wrong, {"input": zeros(*input)}, **{"kernel_size": 3, **options})


def bad_pools(op: str) -> tuple[Problem, ...]:
    """Return the bad input that max and average pooling must both refuse."""
    return (
        bad_pool(op, "a window of 0", kernel_size=0),
        bad_pool(op, "a window of 0 in one direction", kernel_size=(2, 0)),
        bad_pool(op, "a negative window", kernel_size=-2),
        bad_pool(op, "three window sizes", kernel_size=(2, 2, 2)),
        bad_pool(op, "stride 0", stride=0),
        bad_pool(op, "stride 0 in one direction", stride=(2, 0)),
        bad_pool(op, "negative stride", stride=-1),
        bad_pool(op, "negative padding", padding=-1),
        bad_pool(op, "negative padding in one direction", padding=(1, -1)),
        bad_pool(op, "padding over half the window", padding=2),
        bad_pool(
            op, "padding over half the window in one direction", kernel_size=(4, 2), padding=(2, 2)
        ),
        bad_pool(op, "a window larger than the image", kernel_size=7),
        bad_pool(op, "an input of two dimensions", input=(6, 6)),
        bad_pool(op, "an input of five dimensions", input=(1, 1, 2, 6, 6)),
        bad_pool(op, "an image without rows", input=(1, 2, 0, 6)),
    )


def bad_signals(op: str) -> tuple[Problem, ...]:
    """Return the bad input that pooling of signals must refuse."""
    rows: tuple[tuple[str, dict], ...] = (
        ("a window of 0", dict(kernel_size=0)),
        ("two window sizes", dict(kernel_size=(2, 2))),
        ("stride 0", dict(stride=0)),
        ("two strides", dict(stride=(2, 2))),
        ("negative padding", dict(padding=-1)),
        ("padding over half the window", dict(padding=2)),
        ("a window longer than the signal", dict(kernel_size=7)),
        ("a signal of one dimension", dict(input=(6,))),
        ("a signal of four dimensions", dict(input=(1, 2, 1, 6))),
        ("an empty signal", dict(input=(1, 2, 0))),
    )
    return tuple(bad_pool(op, wrong, **{"input": (1, 2, 6), **how}) for wrong, how in rows)
