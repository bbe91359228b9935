"""What both algorithms share: coefficients of a row, and the weights of the targets.

With l[c] = -log_softmax(x)[c], a row's loss is the sum over c of k[c] * l[c], where

    k[c] = keep * w[t] * [c = t] + share * w[c]      for the class t
    k[c] = (keep * q[c] + share) * w[c]              for the probabilities q

keep = 1 - label_smoothing, share = label_smoothing / classes, and w = 1 without weights.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real


@device_function
def weight_of(w, c):
    """Return w[c], or 1 where w is (0)."""
    return w[c] if w.shape[0] != 0 else real(1)


@device_function
def is_class(t, classes):
    """Return whether the target t, a signed integer, is one of the classes."""
    return t >= 0 and t < classes


@kernel
def target_weights_kernel(target, w, ignore, classes, weights):
    """weights (i): the weight of the class target (i), 0 for `ignore`.

    Their sum divides a mean.
    """
    i = index(cuda.grid(1))
    if i < index(weights.shape[0]):
        t = target[i]
        weight = real(0)
        if t != ignore and is_class(t, classes):
            weight = weight_of(w, index(t))
        weights[i] = weight


def target_weights(target: Array, w: Array, ignore, classes, weights: Array) -> None:
    launch = target_weights_kernel.forall(weights.size)
    launch(target.reshape(-1), w, ignore, classes, weights)
