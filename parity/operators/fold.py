"""fold: every output is the sum of the n windows that have the pixel: m = n - 1 (bounds.py).

n is what the forward pass gives on all ones. The gradient copies: exact. PyTorch has no samples.
"""

import numpy as np

from crosscheck.kernels.convolution import fold
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NO_SAMPLES, Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import sums, windows
from crosscheck.parity.shared.draws import VALUES, Drawn


def _fuzz(rng: np.random.Generator) -> Drawn:
    (*lead, channels), image, options = windows.draw(rng)
    taps, places = windows.matrix(image, options)
    return {"input": (*lead, channels * taps, places)}, {"output_size": image, **options}


OPERATOR = Operator(
    name="fold",
    kernels=fold,
    parameters=("input", "output_size", "kernel_size", "dilation", "padding", "stride"),
    differentiable=("input",),
    bounds=sums.of_copies("forward"),
    intermediates=sums.partial_sums,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    opinfo_name=NO_SAMPLES,
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
    taps, places = windows.matrix(image, windows.plain(options))
    given = {"input": (*lead[:-1], lead[-1] * taps, places)}
    options = {"output_size": image, **options}
    return Problem("fold", case, reason, given, options, layout, values)


PROBLEMS = (
    *(_problem(geometry) for geometry in windows.GEOMETRIES),
    _problem("uneven", "unbatched", (3,)),
    _problem("uneven", "no images", (0, 3)),
    *(_problem("uneven", layout, layout=layout) for layout in ("strided", "reversed")),
    _problem("uneven", "zeros", values="signed_zeros"),
)
SPECIAL_VALUES = ("uneven",)


def _bad(wrong: str, input: tuple[int, ...] = (1, 18, 12), **options: object) -> Problem:
    given = {"output_size": (5, 6), "kernel_size": 3, **options}
    return rejected("fold", wrong, {"input": zeros(*input)}, **given)


REJECTS = (
    _bad("a window of 0", kernel_size=0),
    _bad("stride 0", stride=0),
    _bad("dilation 0", dilation=0),
    _bad("negative padding", padding=-1),
    _bad("rows that are no windows", (1, 17, 12)),
    _bad("another number of windows", (1, 18, 11)),
    _bad("no rows", (1, 0, 12)),
    _bad("an output without rows", output_size=(0, 6)),
    _bad("an output of three extents", output_size=(5, 6, 7)),
    _bad("a window larger than the output", (1, 18, 0), output_size=(2, 6)),
    _bad("four dimensions", (1, 1, 18, 12)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.convolution.unfold", right, wrong, "fold", case)


FAULTS = (
    _fault(
        "the last window wins instead of the sum",
        "total += y[n, row",
        "total = y[n, row",
        "plain",
    ),
    _fault(
        "windows between two places count",
        "if p < windows[0] and p * stride[0] == below:",
        "if p < windows[0]:",
        "apart",
    ),
    _fault(
        "columns are not checked",
        "if q < windows[1] and q * stride[1] == beside:",
        "if q * stride[1] == beside:",
        "uneven",
    ),
    Fault(
        "any number of windows is accepted",
        "crosscheck.kernels.convolution.fold",
        " or found != places",
        "",
        "fold",
        "rejects-another-number-of-windows",
    ),
)
