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
        "a mean divides by the number of elements in spite of weights",
        LAUNCH,
        "if problem.by_weights:",
        "if False:",
        "mse_loss",
        "weighted-mean",
    ),
    Fault(
        "weights count once more wherever they are broadcast",
        LAUNCH,
        "to_size(w, (), out=",
        "to_size(namespace(w).broadcast_to(w, problem.shape), (), out=",
        "mse_loss",
        "broadcast-both",
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
        'float(prod(problem.shape)) if problem.reduction == "mean" else 1.0',
        "1.0",
        "mse_loss",
        "mean",
    ),
)
