"""Normalisation."""

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.normalization.batch_norm import BATCH_NORM
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.functional.padding import pad
from crosscheck.nn.functional.pooling import avg_pool2d
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Normalise every channel of (n, c, ...); in training, update the running statistics."""
    running = dict(running_mean=running_mean, running_var=running_var)
    for name, statistic in running.items():
        if isinstance(statistic, Tensor) and statistic.requires_grad:
            reject("batch_norm", f"{name}.requires_grad", True, "False", RuntimeError)
    tensors = dict(input=input, **running, weight=weight, bias=bias)
    options = dict(training=training, momentum=momentum, eps=eps)
    output, *_ = apply(BATCH_NORM, tensors, options)
    for statistic in running.values():
        if training and statistic is not None:
            statistic.memory.version += 1
    return output


@public
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Divide (n, c, ...) by (k + alpha * the mean of x^2 over `size` channels around)^beta.

    Channels that do not exist count as 0. Raises ValueError or TypeError.
    """
    op = "local_response_norm"
    rank = array_of(op, "input", input).ndim
    if rank < 3:
        reject(op, "input.shape", tuple(input.shape), "at least 3 dimensions")
    size = integer(op, "size", size, 1)
    if 0 in input.shape:
        return input
    n, c = input.shape[:2]
    squares = pad((input * input).reshape(n, 1, c, -1), (0, 0, size // 2, (size - 1) // 2))
    means = avg_pool2d(squares, (size, 1), stride=1).reshape(*input.shape)
    return input / (means * alpha + k).pow(beta)
