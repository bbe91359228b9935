"""pad problems: every mode and side, widest padding, layouts, bad input."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

Pad = tuple[int, ...]
MODES = ("reflect", "replicate", "circular")


def _pad(
    mode: str,
    name: str,
    reason: str,
    pad: Pad,
    input: Shape = (2, 3, 4, 5),
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    options = {"pad": pad, "mode": mode}
    return Problem("pad", f"{mode}-{name}", reason, {"input": input}, options, layout, values)


def _every(mode: str) -> tuple[Problem, ...]:
    wide = {"reflect": (4, 4, 3, 3), "replicate": (9, 7, 8, 6), "circular": (5, 5, 4, 4)}[mode]
    return (
        _pad(mode, "nothing", "a plain copy", (0, 0, 0, 0)),
        _pad(mode, "around", "one on every side", (1, 1, 1, 1)),
        *(
            _pad(mode, side, "one side alone", tuple(2 * (i == at) for i in range(4)))
            for at, side in enumerate(("left", "right", "top", "bottom"))
        ),
        _pad(mode, "uneven", "four widths", (3, 1, 0, 2)),
        _pad(mode, "wide", "as wide as the mode allows, or wider than the image", wide),
        _pad(mode, "unbatched", "three dimensions", (1, 2, 2, 1), (3, 4, 5)),
        _pad(mode, "no-images", "an empty batch", (1, 1, 1, 1), (0, 3, 4, 5)),
        *(
            _pad(mode, layout, f"every array {layout}", (2, 1, 1, 3), layout=layout)
            for layout in ("strided", "channels_last", "reversed")
        ),
        _pad(mode, "nan", "NaN and its copies", (2, 2, 2, 2), values="nan"),
    )


PROBLEMS = (
    *(problem for mode in MODES for problem in _every(mode)),
    _pad("replicate", "one-pixel", "one pixel, repeated everywhere", (2, 1, 1, 3), (1, 1, 1, 1)),
    _pad(
        "circular",
        "one-pixel",
        "one pixel, repeated once on every side",
        (1, 1, 1, 1),
        (1, 1, 1, 1),
    ),
)
SPECIAL_VALUES = ("reflect-uneven", "replicate-uneven", "circular-uneven")


def _bad(wrong: str, pad: Pad, mode: str, input: Shape = (1, 2, 4, 5)) -> Problem:
    return rejected("pad", wrong, {"input": zeros(*input)}, pad=pad, mode=mode)


REJECTS = (
    _bad("a reflection of all columns", (5, 0, 0, 0), "reflect"),
    _bad("a reflection of all rows", (0, 0, 0, 4), "reflect"),
    _bad("more than once around", (0, 0, 5, 0), "circular"),
    _bad("an unknown mode", (1, 1, 1, 1), "mirror"),
    _bad("three numbers", (1, 1, 1), "reflect"),
    _bad("an image without rows", (1, 1, 1, 1), "replicate", (1, 2, 0, 5)),
    _bad("an image without channels", (1, 1, 1, 1), "reflect", (1, 0, 4, 5)),
)
