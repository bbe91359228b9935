"""pixel_unshuffle: every element is copied once, forward and back: exact.

Without elements PyTorch's own gradient raises: the tests of the kernels have that.
"""

import numpy as np

from crosscheck.kernels.resize import pixel_unshuffle
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of, pair


def _fuzz(rng: np.random.Generator) -> Drawn:
    lead, channels, image, factor = (
        one_of(rng, ((), (1,), (2,), (2, 3))),
        extent(rng, 4),
        pair(rng, 5),
        extent(rng, 3),
    )
    return {"input": (*lead, channels, *(factor * each for each in image))}, {
        "downscale_factor": factor
    }


OPERATOR = Operator(
    name="pixel_unshuffle",
    kernels=pixel_unshuffle,
    parameters=("input", "downscale_factor"),
    differentiable=("input",),
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _problem(
    name: str,
    reason: str,
    factor: int = 2,
    input: Shape = (2, 3, 4, 10),
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    options = {"downscale_factor": factor}
    return Problem("pixel_unshuffle", name, reason, {"input": input}, options, layout, values)


PROBLEMS = (
    _problem("two", "rows and columns swapped would show"),
    _problem("three", "a factor that is no power of two", 3, (1, 2, 6, 15)),
    _problem("one", "nothing changes", 1),
    _problem("unbatched", "three dimensions", 2, (2, 6, 4)),
    _problem("stacked", "five dimensions", 2, (2, 3, 1, 4, 6)),
    *(
        _problem(layout, f"every array {layout}", layout=layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
    _problem("zeros", "a copied -0 stays -0", values="signed_zeros"),
)
SPECIAL_VALUES = ("two",)


def _bad(wrong: str, input: Shape, factor: int = 2) -> Problem:
    return rejected("pixel_unshuffle", wrong, {"input": zeros(*input)}, downscale_factor=factor)


REJECTS = (
    _bad("rows that the factor does not divide", (1, 2, 5, 4)),
    _bad("columns that the factor does not divide", (1, 2, 4, 5)),
    _bad("a factor of 0", (1, 4, 2, 2), 0),
    _bad("a negative factor", (1, 4, 2, 2), -2),
    _bad("two dimensions", (4, 4)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(
        what, "crosscheck.kernels.resize.pixel_shuffle", right, wrong, "pixel_unshuffle", case
    )


FAULTS = (
    _fault(
        "rows and columns of channels are exchanged",
        "h * factor + i, w * factor + j]",
        "h * factor + j, w * factor + i]",
        "two",
    ),
    _fault(
        "columns that the factor does not divide are accepted",
        "if h % factor or w % factor:",
        "if h % factor:",
        "rejects-columns-that-the-factor-does-not-divide",
    ),
)
