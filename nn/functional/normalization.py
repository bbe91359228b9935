"""Normalisation."""

from collections.abc import Mapping, Sequence
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.normalization.batch_norm import BATCH_NORM
from crosscheck.kernels.normalization.group_norm import GROUP_NORM
from crosscheck.kernels.normalization.instance_norm import INSTANCE_NORM
from crosscheck.kernels.normalization.layer_norm import LAYER_NORM
from crosscheck.kernels.normalization.local_response_norm import LOCAL_RESPONSE_NORM
from crosscheck.kernels.operator import Operator
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
    tensors = dict(running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    options = dict(training=training, momentum=momentum, eps=eps)
    return _with_running(BATCH_NORM, dict(input=input) | tensors, options, training)


@public
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """Normalise over the last dimensions, those of `normalized_shape`; weight and bias have it.

    Raises ValueError for another shape.
    """
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(normalized_shape=tuple(normalized_shape), eps=eps)
    return apply(LAYER_NORM, tensors, options)[0]


@public
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """Normalise (n, c, ...) over groups of neighbouring channels; weight and bias are (c).

    Raises ValueError for channels that are no multiple of `num_groups`, and for one group of one
    element.
    """
    tensors = dict(input=input, weight=weight, bias=bias)
    return apply(GROUP_NORM, tensors, dict(num_groups=num_groups, eps=eps))[0]


@public
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Normalise every channel of every sample of (n, c, ...) with its own statistics.

    They update the running ones where these are given; without `use_input_stats` the running ones
    are used, as in `batch_norm`. Raises ValueError for own statistics of one element.
    """
    tensors = dict(running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    options = dict(use_input_stats=use_input_stats, momentum=momentum, eps=eps)
    return _with_running(INSTANCE_NORM, dict(input=input) | tensors, options, use_input_stats)


@public
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Divide (n, c, ...) by (k + alpha * the mean of x^2 over `size` channels around)^beta.

    Channels that do not exist count as 0. Raises ValueError or TypeError.
    """
    options = dict(size=size, alpha=alpha, beta=beta, k=k)
    return apply(LOCAL_RESPONSE_NORM, dict(input=input), options)[0]


def _with_running(
    operator: Operator,
    tensors: Mapping[str, Tensor | None],
    options: Mapping[str, Any],
    updates: bool,
) -> Tensor:
    """Apply an operator that writes to its running statistics if `updates`."""
    running = {name: tensors[name] for name in ("running_mean", "running_var")}
    for name, statistic in running.items():
        if isinstance(statistic, Tensor) and statistic.requires_grad:
            reject(operator.name, f"{name}.requires_grad", True, "False", RuntimeError)
    output, *_ = apply(operator, tensors, options)
    for statistic in running.values():
        if updates and statistic is not None:
            statistic.memory.version += 1
    return output
