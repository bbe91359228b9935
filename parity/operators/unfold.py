"""unfold: every element of the matrix is a copy, exact.

- input gradient: the sum of the output gradients of the n windows that have the pixel: m = n - 1
  (bounds.py). n is what the gradient is on all ones.
"""

import numpy as np

from crosscheck.kernels.convolution import unfold
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import sums, windows
from crosscheck.parity.shared.draws import VALUES, Drawn


def _fuzz(rng: np.random.Generator) -> Drawn:
    lead, image, options = windows.draw(rng)
    return {"input": (*lead, *image)}, options


OPERATOR = Operator(
    name="unfold",
    kernels=unfold,
    parameters=("input", "kernel_size", "dilation", "padding", "stride"),
    differentiable=("input",),
    bounds=sums.of_copies("input_gradient"),
    intermediates=sums.partial_sums,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _problem(
    geometry: str,
    name: str = "",
    lead: tuple[int, ...] = (2, 3),
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    reason, image, options = windows.GEOMETRIES[geometry]
    case, reason = name or geometry, f"{name}: {reason}" if name else reason
    given = {"input": (*lead, *image)}
    return Problem("unfold", case, reason, given, options, layout, values)


PROBLEMS = (
    *(_problem(geometry) for geometry in windows.GEOMETRIES),
    _problem("uneven", "unbatched", (3,)),
    _problem("uneven", "no images", (0, 3)),
    *(_problem("uneven", layout, layout=layout) for layout in ("strided", "reversed")),
    _problem("uneven", "zeros", values="signed_zeros"),
)
SPECIAL_VALUES = ("uneven",)


def _bad(wrong: str, input: tuple[int, ...] = (1, 2, 5, 6), **options: object) -> Problem:
    return rejected("unfold", wrong, {"input": zeros(*input)}, **{"kernel_size": 3, **options})


REJECTS = (
    _bad("a window of 0", kernel_size=0),
    _bad("three extents", kernel_size=(3, 3, 3)),
    _bad("stride 0", stride=0),
    _bad("dilation 0", dilation=0),
    _bad("negative padding", padding=-1),
    _bad("a window larger than the image", kernel_size=7),
    _bad("an image without channels", (1, 0, 5, 6)),
    _bad("an image without rows", (1, 2, 0, 6), padding=2),
    _bad("two dimensions", (5, 6)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.convolution.unfold", right, wrong, "unfold", case)


FAULTS = (
    _fault(
        "rows and columns of a window are exchanged",
        "c, r, s = unravel(row, window[0], window[1])",
        "c, s, r = unravel(row, window[1], window[0])",
        "uneven",
    ),
    _fault(
        "the dilation is left out",
        "q * stride[1] + s * dilation[1]",
        "q * stride[1] + s",
        "uneven",
    ),
    _fault(
        "a window that is larger than the image is accepted",
        "if p < 1 or q < 1:",
        "if p < -9 or q < -9:",
        "rejects-a-window-larger-than-the-image",
    ),
)
