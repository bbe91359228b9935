"""max_pool1d: max_pool2d of images of one row, with its bounds and rules for ties and NaN."""

from crosscheck.kernels.pooling import max_pool1d
from crosscheck.parity.operators.max_pool2d.operator import OPERATOR as MAX_POOL2D
from crosscheck.parity.shared import signals
from crosscheck.parity.shared.pooling_problems import SIGNALS, Row, bad_pool, bad_signals, pools

OPERATOR = signals.of_images(MAX_POOL2D, "max_pool1d", max_pool1d, max_pool1d.ROWS)

OWN: tuple[Row, ...] = (
    ("dilation-2", "gaps between the taps", (1, 2, 11), dict(kernel_size=3, dilation=2, padding=1)),
    ("ties", "the first of equal elements wins", (2, 2, 9), dict(kernel_size=3, values="ties")),
    ("nan", "NaN wins over everything", (1, 2, 9), dict(kernel_size=3, stride=1, values="nan")),
    ("indices", "returned, too", (2, 3, 9), dict(kernel_size=3, stride=2, return_indices=True)),
)
PROBLEMS = pools("max_pool1d", (*SIGNALS, *OWN))
SPECIAL_VALUES = ("padding",)
REJECTS = (
    *bad_signals("max_pool1d"),
    bad_pool("max_pool1d", "dilation 0", input=(1, 2, 6), dilation=0),
    bad_pool("max_pool1d", "a dilated window over the signal", input=(1, 2, 6), dilation=3),
)
FAULTS = signals.faults("max_pool1d", "halves", "halves")
