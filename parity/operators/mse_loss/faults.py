"""Faults in mse_loss."""

from crosscheck.parity.faults.plant import Fault

KERNELS = "crosscheck.kernels.loss.pointwise_kernels"
LAUNCH = "crosscheck.kernels.loss.pointwise_launch"
MSE_LOSS = "crosscheck.kernels.loss.mse_loss"

FAULTS = (
    Fault(
        "the square is a plain difference",
        MSE_LOSS,
        "return difference * difference",
        "return difference",
        "mse_loss",
        "none",
    ),
    Fault(
        "blocks take the same elements",
        KERNELS,
        "range(block * THREADS + thread,",
        "range(thread,",
        "mse_loss",
        "blocks-1025",
    ),
    Fault(
        "elements after the first of each thread are lost",
        KERNELS,
        "index(x.shape[0]), step",
        "index(x.shape[0]), index(x.shape[0])",
        "mse_loss",
        "terms-129",
    ),
    Fault(
        "the weights of a block are not added up",
        KERNELS,
        "weight += w[i]",
        "weight = w[i]",
        "mse_loss",
        "blocks-weighted",
    ),
    Fault(
        "the gradient forgets the 2",
        MSE_LOSS,
        "return slope + slope",
        "return slope",
        "mse_loss",
        "sum",
    ),
    Fault(
        "the gradient of every element takes the first output's",
        KERNELS,
        "dy[i if each else index(0)]",
        "dy[index(0)]",
        "mse_loss",
        "none",
    ),
    Fault(
        "the target's gradient has the input's sign",
        LAUNCH,
        "pair = (t, x) if swapped else (x, t)",
        "pair = (x, t)",
        "mse_loss",
        "sum",
    ),
    Fault(
        "the mean is a sum",
        LAUNCH,
        'float(problem.count) if problem.reduction == "mean" else 1.0',
        "1.0",
        "mse_loss",
        "mean",
    ),
)
