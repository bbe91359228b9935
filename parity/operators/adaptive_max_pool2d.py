"""adaptive_max_pool2d: the largest pixel of each window, and its index.

The bounds are those of max_pool2d, whose indices say how many windows chose a pixel: the forward
pass is exact, and the input gradient a sum over those windows.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.kernels.pooling import adaptive_max_pool2d
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.max_pool2d.operator import OPERATOR as MAX_POOL2D
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared.draws import Drawn, batch, extent, one_of, pair

OP = "adaptive_max_pool2d"


def _fuzz(rng: np.random.Generator) -> Drawn:
    size = one_of(rng, (*(pair(rng, 9) for _ in range(4)), 1, (None, extent(rng, 5))))
    options = {"output_size": size, "return_indices": bool(rng.random() < 0.5)}
    return {"input": (*batch(rng), extent(rng, 5), *pair(rng, 12))}, options


OPERATOR = replace(
    MAX_POOL2D,
    name=OP,
    order=1000,
    kernels=adaptive_max_pool2d,
    parameters=("input", "output_size", "return_indices"),
    fuzz=_fuzz,
    fuzz_weight=1,
    torch_function=f"nn.functional.{OP}",
    opinfo_name=f"nn.functional.{OP}",
    nn_function=f"functional.{OP}",
)


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
    _adaptive("one-window", "the largest of the image", (2, 3, 7, 5), 1),
    _adaptive("halves", "windows side by side", (2, 3, 8, 6), (4, 3)),
    _adaptive("overlap", "a remainder: neighbours share pixels", (2, 2, 7, 10), (3, 4)),
    _adaptive("more-windows", "more windows than pixels: they repeat", (1, 2, 3, 2), (7, 5)),
    _adaptive("rows-and-columns", "swapped extents would show", (1, 2, 3, 9), (5, 4)),
    _adaptive("none", "None keeps an extent", (1, 2, 5, 7), (None, 3)),
    _adaptive("unbatched", "three dimensions", (3, 6, 7), (4, 2)),
    _adaptive("no-images", "an empty batch", (0, 3, 5, 5), 2),
    _adaptive("long", "outputs beyond a block", (1, 1, 2, 300), (1, 290)),
    _adaptive("ties", "the first of equal elements wins", (2, 2, 7, 6), (3, 4), values="ties"),
    _adaptive("nan", "NaN wins over everything", (1, 2, 7, 6), (3, 4), values="nan"),
    _adaptive("two-nans", "the last NaN wins", (1, 1, 6, 6), 2, values="two_nans"),
    _adaptive("minus-inf", "the first of a window of -inf", (1, 2, 7, 6), 3, values="minus_inf"),
    *(
        _adaptive(layout, f"every array {layout}", (2, 3, 7, 5), (3, 2), layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)
SPECIAL_VALUES = ("overlap",)


def _wrong(wrong: str, output_size: Any = 2, input: Shape = (1, 2, 6, 6)) -> Problem:
    return rejected(OP, wrong, {"input": zeros(*input)}, output_size=output_size)


REJECTS = (
    _wrong("a negative size", (2, -3)),
    _wrong("an empty size", ()),
    _wrong("three sizes", (2, 2, 2)),
    _wrong("a fractional size", 2.5),
    _wrong("an input of two dimensions", input=(6, 6)),
    _wrong("an input of five dimensions", input=(1, 1, 2, 6, 6)),
    _wrong("an image without rows", input=(1, 2, 0, 6)),
    _wrong("images without channels", input=(1, 0, 6, 6)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.pooling.adaptive_max_pool2d", right, wrong, OP, case)


FAULTS = (
    _fault("the last of equal elements wins", "if value > best or", "if value >= best or", "ties"),
    _fault("NaN loses", "value > best or value != value:", "value > best:", "nan"),
    _fault("the largest starts at 0", "real(-math.inf)", "real(0)", "halves"),
    _fault("an index counts along rows of the output", "= h * W + w\n", "= h * Q + w\n", "halves"),
    _fault("the last window's gradient wins", "total += dy", "total = dy", "overlap"),
    _fault("the gradient's windows are those of y", "share(h, H, P)", "share(h, P, H)", "halves"),
)
