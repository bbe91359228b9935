"""interpolate problems: every mode larger, smaller and the same, by sizes and by factors."""

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

OP = "interpolate"
MODES = "nearest", "nearest-exact", "bilinear", "bicubic"


def _resized(
    name: str,
    reason: str,
    mode: str,
    input: Shape = (2, 3, 4, 5),
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    given = {"mode": mode, **options}
    return Problem(OP, f"{mode}-{name}", reason, {"input": input}, given, layout, values)


def _every(mode: str) -> tuple[Problem, ...]:
    return (
        _resized("doubled", "every weight is a multiple of an eighth", mode, scale_factor=2.0),
        _resized(
            "uneven", "rows shrink and columns grow: swapped, it would show", mode, size=(3, 8)
        ),
        _resized("factor", "the factor is not the ratio of the sizes", mode, scale_factor=2.3),
        _resized(
            "recomputed",
            "the factor gives the size, and the size the places",
            mode,
            scale_factor=(2.3, 0.7),
            recompute_scale_factor=True,
        ),
        _resized("same", "nothing changes", mode, size=(4, 5)),
        _resized("one-output", "one pixel", mode, size=1),
        _resized("one-pixel", "one pixel, everywhere", mode, (1, 2, 1, 1), size=(3, 2)),
        _resized("unread", "pixels that no output reads", mode, (1, 1, 13, 11), size=(3, 2)),
        _resized("no-images", "an empty batch", mode, (0, 3, 4, 5), size=7),
        *(
            _resized(layout, f"every array {layout}", mode, layout=layout, size=(7, 3))
            for layout in ("strided", "channels_last", "reversed")
        ),
        _resized("nan", "NaN and what reads it", mode, values="nan", size=(7, 9)),
    )


def _aligned(mode: str) -> tuple[Problem, ...]:
    return (
        _resized("corners", "the corners stay in place", mode, size=(7, 9), align_corners=True),
        _resized(
            "corners-smaller", "the corners, and few between", mode, size=(2, 1), align_corners=True
        ),
        _resized(
            "corners-factor",
            "aligned corners forget it",
            mode,
            scale_factor=2.3,
            align_corners=True,
        ),
    )


PROBLEMS = (
    *(problem for mode in MODES for problem in _every(mode)),
    *(problem for mode in ("bilinear", "bicubic") for problem in _aligned(mode)),
    _resized("zeros", "a copied -0 stays -0", "nearest", values="signed_zeros", size=(3, 8)),
    _resized("signal", "three dimensions", "nearest", (2, 3, 5), size=8),
    _resized("signal", "three dimensions", "linear", (2, 3, 5), scale_factor=1.5),
)
SPECIAL_VALUES = tuple(f"{mode}-uneven" for mode in MODES)


def _bad(wrong: str, input: Shape = (1, 2, 4, 5), **options: object) -> Problem:
    return rejected(OP, wrong, {"input": zeros(*input)}, **options)


REJECTS = (
    _bad("neither size nor factor"),
    _bad("both size and factor", size=3, scale_factor=2.0),
    _bad("a size of three numbers", size=(1, 2, 3)),
    _bad("a factor of three numbers", scale_factor=(1.0, 2.0, 3.0)),
    _bad("no rows", size=(0, 3)),
    _bad("a factor that leaves no rows", scale_factor=0.1),
    _bad("a negative factor", scale_factor=-1.0),
    _bad("a fractional size", size=2.5),
    _bad("a size to recompute", size=3, recompute_scale_factor=True),
    _bad("an unknown mode", size=3, mode="sinc"),
    _bad("aligned corners of nearest", size=3, align_corners=True),
    _bad("unaligned corners of nearest", size=3, align_corners=False),
    _bad("images for signals", size=3, mode="linear"),
    _bad("signals for images", (1, 2, 4), size=3, mode="bilinear"),
    _bad("an image without rows", (1, 2, 0, 5), size=3),
    _bad("an image without channels", (1, 0, 4, 5), size=3),
    _bad("two dimensions", (4, 5), size=3),
)
