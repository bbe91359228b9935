"""Normalisation."""

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.normalization.batch_norm import BATCH_NORM
from crosscheck.nn.functional.apply import apply
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
