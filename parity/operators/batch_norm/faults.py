"""Faults in batch norm: statistics, what is made of them, gradients and checks."""

from crosscheck.parity.faults.plant import Fault

AFFINE = "crosscheck.kernels.normalization.affine"
ALGORITHMS = "crosscheck.kernels.normalization.algorithms"
BATCH_NORM = "crosscheck.kernels.normalization.batch_norm"
DENSE = "crosscheck.kernels.normalization.dense"
GRADIENTS = "crosscheck.kernels.normalization.gradients"
ONE_PASS = "crosscheck.kernels.normalization.one_pass"
PROBLEM = "crosscheck.kernels.normalization.problem"
STATISTICS = "crosscheck.kernels.normalization.statistics"
SUMS = "crosscheck.kernels.normalization.channel_sums"
SUMS_KERNELS = "crosscheck.kernels.normalization.channel_sums_kernels"
UNRAVEL = "crosscheck.kernels.unravel"


def _fault(what: str, module: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, module, right, wrong, "batch_norm", case)


FAULTS = (
    _fault(
        "the running variance is the biased one",
        STATISTICS,
        "unbiased = var * (count / (count - real(1)))",
        "unbiased = var",
        "two-values",
    ),
    _fault(
        "eps is added to the deviation",
        STATISTICS,
        "rstd[c] = real(1) / math.sqrt(var + eps)",
        "rstd[c] = real(1) / (math.sqrt(var) + eps)",
        "eps-large",
    ),
    _fault(
        "momentum weights the old mean",
        STATISTICS,
        "keep * running_mean[c] + momentum * center",
        "momentum * running_mean[c] + keep * center",
        "images",
    ),
    _fault(
        "the running variance is replaced",
        STATISTICS,
        "running_var[c] = keep * running_var[c] + momentum * unbiased",
        "running_var[c] = unbiased",
        "momentum-0",
    ),
    _fault(
        "a thread keeps its last square alone",
        STATISTICS,
        "squares += d * d",
        "squares = d * d",
        "values-129",
    ),
    _fault(
        "the variance in one pass, from squares of x",
        STATISTICS,
        "d = x[n, c, l] - shift",
        "d = x[n, c, l]",
        "mean-1e3",
    ),
    _fault(
        "the variance is about the rounded mean",
        STATISTICS,
        "squares) / count - error * error",
        "squares) / count",
        "deviation-ulps",
    ),
    _fault(
        "the mean keeps the rounding of its sum",
        STATISTICS,
        "shift += error",
        "shift += real(0)",
        "deviation-1e-4",
    ),
    _fault(
        "an infinity makes the running mean NaN",
        STATISTICS,
        "if error == error:",
        "if True:",
        "infinities",
    ),
    _fault(
        "evaluation forgets eps",
        STATISTICS,
        "real(1) / math.sqrt(running_var[c] + eps)",
        "real(1) / math.sqrt(running_var[c])",
        "eval-images",
    ),
    _fault(
        "a thread walks past the end of a row",
        UNRAVEL,
        "if q >= extents[-1]:",
        "if q > extents[-1]:",
        "rows-shorter-than-a-block",
    ),
    _fault(
        "the mean is subtracted after scaling",
        AFFINE,
        "value = (x - mean) * scale",
        "value = x * scale - mean * scale",
        "eval-far",
    ),
    _fault(
        "the deviation is squared, the weight left out",
        AFFINE,
        "scale *= weight[c]",
        "scale *= rstd[c]",
        "images",
    ),
    _fault(
        "the offset is scaled",
        AFFINE,
        "value += offset",
        "value += offset * scale",
        "bias-only",
    ),
    _fault(
        "the running statistics are used in training",
        ALGORITHMS,
        "if rates.training:",
        "if rates.training and not running_mean.size:",
        "running-only",
    ),
    _fault(
        "the weight's gradient is not divided by the deviation",
        GRADIENTS,
        "dweight[c] = total * rstd[c]",
        "dweight[c] = total",
        "eval-weight-only",
    ),
    _fault(
        "the weight's gradient forgets the mean",
        GRADIENTS,
        "dy[n, c, l] * (x[n, c, l] - center)",
        "dy[n, c, l] * x[n, c, l]",
        "images",
    ),
    _fault(
        "the bias's gradient is an average",
        BATCH_NORM,
        "reduce.problem(rows, (0, 2))",
        "reduce.problem(rows, (0, 2), True)",
        "bias-only",
    ),
    _fault(
        "the batch's mean is treated as a constant",
        GRADIENTS,
        "return ((dy - average) - (x - mean) * slope) * scale",
        "return (dy - (x - mean) * slope) * scale",
        "bare",
    ),
    _fault(
        "the batch's variance is treated as a constant",
        GRADIENTS,
        "return ((dy - average) - (x - mean) * slope) * scale",
        "return (dy - average) * scale",
        "bare",
    ),
    _fault(
        "the slope has the deviation once",
        GRADIENTS,
        "slope[c] = rstd[c] * rstd[c] * (projection / count)",
        "slope[c] = rstd[c] * (projection / count)",
        "eps-large",
    ),
    _fault(
        "the gradient in evaluation is that of training",
        GRADIENTS,
        "(mean.size if training else 0,)",
        "(mean.size,)",
        "eval-bare",
    ),
    _fault(
        "the gradient forgets the weight",
        GRADIENTS,
        "scale *= weight[c]",
        "scale *= real(1)",
        "eval-weight-only",
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
        "a quad is of one channel everywhere",
        AFFINE,
        "if l + 4 > inner:",
        "if False:",
        "quads-of-two-channels",
    ),
    _fault(
        "the channel changes one element late",
        DENSE,
        "if l == inner:",
        "if l > inner:",
        "quads-of-two-channels",
    ),
    _fault(
        "the fourth image of a thread is left out",
        GRADIENTS,
        "end = min(first + UNROLLED, outer)",
        "end = min(first + 3, outer)",
        "quads-contiguous",
    ),
    _fault(
        "channels last are read as images",
        DENSE,
        "((0, 2, 1), n * l, 1)",
        "((0, 2, 1), n, l)",
        "quads-channels_last",
    ),
    _fault(
        "one value per channel is accepted",
        PROBLEM,
        "* prod(input[2:]) == 1:",
        "* prod(input[2:]) == -1:",
        "rejects-one-value-per-channel",
    ),
    _fault(
        "eps 0 is accepted in training",
        PROBLEM,
        "if eps < 0 or (training and eps == 0):",
        "if eps < 0:",
        "rejects-eps-0-in-training",
    ),
    _fault(
        "a mean without a variance is accepted",
        PROBLEM,
        "if (running_mean is None) != (running_var is None):",
        "if False:",
        "rejects-a-mean-without-a-variance",
    ),
)
