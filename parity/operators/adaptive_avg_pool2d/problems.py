"""adaptive_avg_pool2d problems: windows that divide the image evenly, and others."""

from typing import Any

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

OP = "adaptive_avg_pool2d"


def _adaptive(
    name: str,
    reason: str,
    input: Shape,
    output_size: Any,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    return Problem(OP, name, reason, {"input": input}, {"output_size": output_size}, layout, values)


PROBLEMS = (
    _adaptive("one-window", "the mean of the image", (2, 3, 7, 5), 1),
    _adaptive("one-window-quads", "a plane of whole quads", (2, 3, 15, 20), 1),
    _adaptive(
        "one-window-of-pixels",
        "channels of two blocks, and more pixels than lines",
        (2, 36, 5, 7),
        1,
        "channels_last",
    ),
    _adaptive("planes", "eight planes at a time, and one left", (3, 3, 7, 6), (3, 4)),
    _adaptive("halves", "windows side by side", (2, 3, 8, 6), (4, 3)),
    _adaptive("identity", "every pixel its own window", (2, 2, 4, 5), (4, 5)),
    _adaptive("overlap", "a remainder: neighbours share pixels", (2, 2, 7, 10), (3, 4)),
    _adaptive("overlap-all", "one window fewer than pixels", (1, 2, 9, 8), (8, 7)),
    _adaptive("more-windows", "more windows than pixels: they repeat", (1, 2, 3, 2), (7, 5)),
    _adaptive("rows-and-columns", "swapped extents would show", (1, 2, 3, 9), (5, 4)),
    _adaptive("resnet", "8 x 8 to 7 x 7, as in PyTorch's ResNet", (2, 4, 8, 8), 7),
    _adaptive("none-rows", "None keeps the rows", (1, 2, 5, 7), (None, 3)),
    _adaptive("none-columns", "None keeps the columns", (1, 2, 5, 7), (3, None)),
    _adaptive("none", "None keeps both", (1, 2, 5, 7), (None, None)),
    _adaptive("list", "PyTorch accepts lists", (1, 2, 5, 7), [2, 3]),
    _adaptive("one-pixel", "an image of one", (2, 1, 1, 1), (2, 3)),
    _adaptive("unbatched", "three dimensions", (3, 6, 7), (4, 2)),
    _adaptive("zero-batch", "no image", (0, 3, 5, 5), 2),
    _adaptive("batch-5", "planes do not mix", (5, 3, 4, 4), 3),
    *(
        _adaptive(f"outputs-{n}", "outputs around a block's edge", (1, 1, 2, n), (1, n))
        for n in (255, 256, 257)
    ),
    _adaptive("ties", "integers among the sums", (2, 2, 7, 6), (3, 4), values="ties"),
    _adaptive("nan", "NaN in every window that reads it", (1, 2, 7, 6), (3, 4), values="nan"),
    _adaptive("infinities", "infinities of both signs", (1, 2, 7, 6), (3, 4), values="infinities"),
    _adaptive("tiny", "subnormal means", (1, 2, 7, 6), (3, 4), values="tiny"),
    *(
        _adaptive(layout, f"every array {layout}", (2, 3, 7, 5), (3, 2), layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)
SPECIAL_VALUES = ("overlap",)

LAYERS = (_adaptive("alexnet", "the end of AlexNet", (4, 256, 13, 13), 6),)


def _wrong(wrong: str, output_size: Any = 2, input: Shape = (1, 2, 6, 6)) -> Problem:
    return rejected(OP, wrong, {"input": zeros(*input)}, output_size=output_size)


REJECTS = (
    _wrong("a negative size", -1),
    _wrong("a negative size in one direction", (2, -3)),
    _wrong("no size", None),
    _wrong("an empty size", ()),
    _wrong("one size in a tuple", (2,)),
    _wrong("three sizes", (2, 2, 2)),
    _wrong("a fractional size", 2.5),
    _wrong("a size in words", "2"),
    _wrong("an input of two dimensions", input=(6, 6)),
    _wrong("an input of five dimensions", input=(1, 1, 2, 6, 6)),
    _wrong("an image without rows", input=(1, 2, 0, 6)),
)
