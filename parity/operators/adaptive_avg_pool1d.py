"""adaptive_avg_pool1d: adaptive_avg_pool2d of images of one row, with its bounds."""

from typing import Any

import numpy as np

from crosscheck.kernels.pooling import adaptive_avg_pool1d
from crosscheck.parity.case import Shape
from crosscheck.parity.operators.adaptive_avg_pool2d.operator import OPERATOR as OF_IMAGES
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import signals
from crosscheck.parity.shared.draws import Drawn, batch, extent

OP = "adaptive_avg_pool1d"


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = (*batch(rng), extent(rng, 5), extent(rng, 12))
    return {"input": shape}, {"output_size": extent(rng, 9)}


OPERATOR = signals.of_images(
    OF_IMAGES, OP, adaptive_avg_pool1d, adaptive_avg_pool1d.ROWS, fuzz=_fuzz
)


def _adaptive(
    name: str, reason: str, input: Shape, output_size: Any, layout: str = "contiguous"
) -> Problem:
    return Problem(OP, name, reason, {"input": input}, {"output_size": output_size}, layout)


PROBLEMS = (
    _adaptive("one-window", "the mean of the signal", (2, 3, 7), 1),
    _adaptive("overlap", "a remainder: neighbours share elements", (2, 2, 10), (4,)),
    _adaptive("more-windows", "more windows than elements: they repeat", (1, 2, 3), 7),
    _adaptive("unbatched", "two dimensions", (3, 7), 2),
    _adaptive("strided", "every array strided", (2, 3, 7), 3, "strided"),
)
SPECIAL_VALUES = ("overlap",)


def _bad(wrong: str, output_size: Any = 2, input: Shape = (1, 2, 6)) -> Problem:
    return rejected(OP, wrong, {"input": zeros(*input)}, output_size=output_size)


REJECTS = (
    _bad("a negative size", -1),
    _bad("two sizes", (2, 2)),
    _bad("an empty size", ()),
    _bad("no size", None),
    _bad("a signal of one dimension", input=(6,)),
    _bad("a signal of four dimensions", input=(1, 2, 1, 6)),
    _bad("an empty signal", input=(1, 2, 0)),
)
FAULTS = signals.faults("adaptive_avg_pool1d", "overlap", "overlap")
