"""pixel_shuffle: every element is copied once, forward and back: exact.

Without elements PyTorch's own gradient raises: the tests of the kernels have that.
"""

import numpy as np

from crosscheck.kernels.resize import pixel_shuffle
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
    return {"input": (*lead, channels * factor**2, *image)}, {"upscale_factor": factor}


OPERATOR = Operator(
    name="pixel_shuffle",
    kernels=pixel_shuffle,
    parameters=("input", "upscale_factor"),
    differentiable=("input",),
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _problem(
    name: str,
    reason: str,
    factor: int = 2,
    input: Shape = (2, 12, 3, 5),
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    options = {"upscale_factor": factor}
    return Problem("pixel_shuffle", name, reason, {"input": input}, options, layout, values)


PROBLEMS = (
    _problem("two", "rows and columns swapped would show"),
    _problem("three", "a factor that is no power of two", 3, (1, 18, 2, 5)),
    _problem("one", "nothing changes", 1),
    _problem("unbatched", "three dimensions", 2, (8, 3, 2)),
    _problem("stacked", "five dimensions", 2, (2, 3, 4, 2, 3)),
    *(
        _problem(layout, f"every array {layout}", layout=layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
    _problem("zeros", "a copied -0 stays -0", values="signed_zeros"),
)
SPECIAL_VALUES = ("two",)


def _bad(wrong: str, input: Shape, factor: int = 2) -> Problem:
    return rejected("pixel_shuffle", wrong, {"input": zeros(*input)}, upscale_factor=factor)


REJECTS = (
    _bad("channels that no square divides", (1, 6, 3, 3)),
    _bad("a factor of 0", (1, 4, 2, 2), 0),
    _bad("a negative factor", (1, 4, 2, 2), -2),
    _bad("two dimensions", (4, 4)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(
        what, "crosscheck.kernels.resize.pixel_shuffle", right, wrong, "pixel_shuffle", case
    )


FAULTS = (
    _fault(
        "rows and columns of a pixel are exchanged",
        "(c * factor + h % factor) * factor + w % factor",
        "(c * factor + w % factor) * factor + h % factor",
        "two",
    ),
    _fault(
        "the channels of a pixel lie apart",
        "(c * factor + h % factor) * factor + w % factor",
        "(h % factor * factor + w % factor) * C + c",
        "two",
    ),
    _fault(
        "channels that no square divides are accepted",
        "if c % factor**2:",
        "if c % factor:",
        "rejects-channels-that-no-square-divides",
    ),
)
