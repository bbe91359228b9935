"""What a mean of cross_entropy is divided by."""

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.loss.cross_entropy.classes import target_weights
from crosscheck.kernels.loss.cross_entropy.problem import Problem
from crosscheck.kernels.loss.reduction import sum_into


def divisor(this: Problem, target: Array, w: Array) -> tuple[Array, float]:
    """Return what the sum of the losses is divided by: an array (1), or (0) and a number.

    A mean over classes is divided by the sum of the targets' weights, a mean over probabilities by
    the number of rows.
    """
    none = arrays.empty((0,), w.dtype, w)
    if this.reduction != "mean":
        return none, 1.0
    if this.has_probabilities:  # PyTorch's mean over no classes is NaN, too
        return none, float(this.rows * this.positions if this.classes else 0)
    weights = arrays.workspace((target.size,), w)
    target_weights(target, w, np.int64(this.ignore_index), np.int64(this.classes), weights)
    total = arrays.workspace((1,), w)
    sum_into(weights, none, 1.0, total)
    return total, 1.0
