"""avg_pool1d: avg_pool2d of images of one row, with its bounds."""

import numpy as np

from crosscheck.kernels.pooling import avg_pool1d
from crosscheck.parity.operators.avg_pool2d.operator import OPERATOR as AVG_POOL2D
from crosscheck.parity.shared import signals
from crosscheck.parity.shared.draws import Drawn
from crosscheck.parity.shared.pooling_problems import SIGNALS, Row, bad_signals, pools

AVERAGE = signals.of_images(AVG_POOL2D, "avg_pool1d", avg_pool1d, avg_pool1d.ROWS)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = AVERAGE.fuzz(rng)
    options.pop("divisor_override", None)  # PyTorch has it of images only
    return inputs, options


OPERATOR = signals.of_images(
    AVG_POOL2D,
    "avg_pool1d",
    avg_pool1d,
    avg_pool1d.ROWS,
    parameters=AVG_POOL2D.parameters[:-1],
    fuzz=_fuzz,
)

OWN: tuple[Row, ...] = (
    (
        "exclude-padding",
        "the divisor counts elements",
        (1, 2, 10),
        dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    ),
)
PROBLEMS = pools("avg_pool1d", (*SIGNALS, *OWN))
SPECIAL_VALUES = ("padding",)
REJECTS = bad_signals("avg_pool1d")
FAULTS = signals.faults("avg_pool1d", "halves", "padding")
