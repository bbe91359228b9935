"""Faults in batch norm in one pass: sums of channels, dense rows, and who may take them."""

from crosscheck.parity.faults.plant import Fault

ALGORITHMS = "crosscheck.kernels.normalization.algorithms"
DENSE = "crosscheck.kernels.normalization.dense"
ONE_PASS = "crosscheck.kernels.normalization.one_pass"
SUMS = "crosscheck.kernels.normalization.channel_sums"
SUMS_KERNELS = "crosscheck.kernels.normalization.channel_sums_kernels"


def _fault(what: str, module: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, module, right, wrong, "batch_norm", case)


FAULTS = (
    _fault(
        "the running statistics are used in training",
        ALGORITHMS,
        "if rates.training:",
        "if rates.training and not running_mean.size:",
        "running-only",
    ),
    _fault(
        "the sums are of x, not of its difference to the shift",
        ONE_PASS,
        "    d = x - shift\n    return",
        "    d = x\n    return",
        "mean-1e3",
    ),
    _fault(
        "a shift that is not finite",
        ONE_PASS,
        "return value if value - value == real(0) else real(0)",
        "return value",
        "infinities",
    ),
    _fault(
        "the variance of one read is about the shift",
        ONE_PASS,
        "/ count - error * error",
        "/ count",
        "images",
    ),
    _fault(
        "the slope of one read has the deviation once",
        ONE_PASS,
        "slope[c] = rstd[c] * rstd[c] *",
        "slope[c] = rstd[c] *",
        "eps-large",
    ),
    _fault(
        "the weight's gradient of one read is not divided by the deviation",
        ONE_PASS,
        "dweight[c] = total_of(sums, 1, c) * rstd[c]",
        "dweight[c] = total_of(sums, 1, c)",
        "eval-weight-only",
    ),
    _fault(
        "the last part of a channel is left out",
        SUMS,
        "for part in range(index(sums.shape[1])):",
        "for part in range(max(index(sums.shape[1]), index(2)) - 1):",
        "parts",
    ),
    _fault(
        "a block walks into the next block's part",
        SUMS_KERNELS,
        "end = min(part * share + share, outer * row)",
        "end = outer * row",
        "parts",
    ),
    _fault(
        "a round of loads adds its first vector four times",
        SUMS_KERNELS,
        "add(xs, dys, FOURTH, centers, firsts, seconds)",
        "add(xs, dys, 0, centers, firsts, seconds)",
        "parts",
    ),
    _fault(
        "the columns' threads are added before all are there",
        SUMS_KERNELS,
        "        cuda.syncthreads()  # the sums of all threads are there before they are added\n",
        "",
        "quads-channels_last",
    ),
    _fault(
        "the last line of a block of columns is not added",
        SUMS_KERNELS,
        "for i in range(ROWS):\n                total",
        "for i in range(ROWS - 1):\n                total",
        "parts-channels_last",
    ),
    _fault(
        "the channel changes one element late",
        DENSE,
        "if l == inner:",
        "if l > inner:",
        "quads-of-two-channels",
    ),
    _fault(
        "channels last are read as images",
        DENSE,
        "((0, 2, 1), n * l, 1)",
        "((0, 2, 1), n, l)",
        "quads-channels_last",
    ),
)
