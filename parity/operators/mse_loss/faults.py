"""Faults in mse_loss."""

from crosscheck.parity.faults.plant import Fault

SQUARES = "crosscheck.kernels.loss.squares"

FAULTS = (
    Fault(
        "the square is a plain difference",
        SQUARES,
        "square = difference * difference",
        "square = difference",
        "mse_loss",
        "none",
    ),
    Fault(
        "blocks take the same elements",
        SQUARES,
        "range(block * THREADS + t,",
        "range(t,",
        "mse_loss",
        "blocks-1025",
    ),
    Fault(
        "elements after the first of each thread are lost",
        SQUARES,
        "index(x.shape[0]), step",
        "index(x.shape[0]), index(x.shape[0])",
        "mse_loss",
        "terms-129",
    ),
    Fault(
        "the weights of a block are not added up",
        SQUARES,
        "weight += w[i]",
        "weight = w[i]",
        "mse_loss",
        "blocks-weighted",
    ),
    Fault(
        "the gradient forgets the 2",
        SQUARES,
        "slope = slope + slope",
        "slope = slope",
        "mse_loss",
        "sum",
    ),
    Fault(
        "the gradient of every element takes the first output's",
        SQUARES,
        "dy[i if each else index(0)]",
        "dy[index(0)]",
        "mse_loss",
        "none",
    ),
    Fault(
        "the target's gradient has the input's sign",
        SQUARES,
        "_gradient(problem, dy, target, x, w, dt, order=x)",
        "_gradient(problem, dy, x, target, w, dt, order=x)",
        "mse_loss",
        "sum",
    ),
    Fault(
        "the mean is a sum",
        SQUARES,
        "sum_into(sums, _none(x), float(problem.count), y.reshape(1))",
        "sum_into(sums, _none(x), 1.0, y.reshape(1))",
        "mse_loss",
        "mean",
    ),
)
