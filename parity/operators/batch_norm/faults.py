"""Faults in batch norm: statistics, what is made of them, gradients and checks."""

from crosscheck.parity.faults.plant import Fault

AFFINE = "crosscheck.kernels.normalization.affine"
BATCH_NORM = "crosscheck.kernels.normalization.batch_norm"
GRADIENTS = "crosscheck.kernels.normalization.gradients"
PROBLEM = "crosscheck.kernels.normalization.problem"
STATISTICS = "crosscheck.kernels.normalization.statistics"
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
        "a quad is of one channel everywhere",
        AFFINE,
        "if l + 4 > inner:",
        "if False:",
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
