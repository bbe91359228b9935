"""binary_cross_entropy: of a probability x and the target t, -(t log x + (1 - t) log(1 - x)).

As in PyTorch a logarithm is at least -100, and the divisor of the gradient at least 1e-12: at 0 and
1 neither is infinite. A probability or target beyond 0 and 1 is refused or, on a GPU, where looking
would wait for the device, taken: that probability has a loss of NaN.
"""

import math

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.loss.pointwise import Pointwise

LEAST = float(np.float32(1e-12))  # PyTorch's, in either dtype


@device_function
def cross_entropy(x, t):
    of_one = at_least(math.log(x), real(-100))
    of_zero = at_least(math.log1p(-x), real(-100))
    return (t - real(1)) * of_zero - t * of_one


# -t / x + (1 - t) / (1 - x) = (x - t) / (x (1 - x))
@device_function
def probability_gradient(dy, x, t):
    return dy * (x - t) / at_least((real(1) - x) * x, real(LEAST))


# linear in t: log(1 - x) - log(x), here without a least
@device_function
def target_gradient_of(dy, x, t):
    return dy * (math.log1p(-x) - math.log(x))


def _check(op: str, name: str, values: Array) -> None:
    """Raises ValueError, on the CPU, unless all are probabilities."""
    if arrays.device(values) == "cpu":
        wrong = values[~((values >= 0) & (values <= 1))]
        if wrong.size:
            reject(op, name, wrong.flat[0].item(), "numbers from 0 to 1")


BINARY_CROSS_ENTROPY = Pointwise(
    "binary_cross_entropy",
    cross_entropy,
    probability_gradient,
    target_gradient_of,
    broadcasts_weights=True,
    check=_check,
)
ALGORITHMS, forward = BINARY_CROSS_ENTROPY.algorithms, BINARY_CROSS_ENTROPY.forward
input_gradient = BINARY_CROSS_ENTROPY.input_gradient
target_gradient = BINARY_CROSS_ENTROPY.target_gradient
