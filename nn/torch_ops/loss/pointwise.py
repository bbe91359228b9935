"""Losses of two tensors, element by element: the functions, and the layers that call them."""

import torch
from torch import Tensor

from crosscheck.kernels.elementwise.unary import number
from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import warn
from crosscheck.nn.torch_ops.loss import pointwise_operators as ours
from crosscheck.nn.torch_ops.loss.layers import layer


def _of_difference(
    op: str,
    input: Tensor,
    target: Tensor,
    reduction: str,
    weight: Tensor | None = None,
    **numbers: float,
) -> Tensor:
    constant(op, weight=weight)
    if input.shape != target.shape:
        warn(f"{op}: input and target differ in shape: broadcast", stacklevel=3)
    given = dict(input=input, target=target, reduction=reduction, weight=weight)
    given |= {name: number(op, name, value) for name, value in numbers.items()}
    return getattr(ours, op.upper()).call("forward", **given)


@public
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.mse_loss` for floating dtypes.

    Shapes that differ are broadcast, with a warning as PyTorch's; weights have the input's.
    A weight that requires grad raises NotImplementedError.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference("mse_loss", input, target, reduction, weight)


@public
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.l1_loss` for floating dtypes; shapes and weights as `mse_loss`."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference("l1_loss", input, target, reduction, weight)


@public
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """`torch.nn.functional.smooth_l1_loss` for floating dtypes; shapes as for `mse_loss`."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference("smooth_l1_loss", input, target, reduction, beta=beta)


@public
def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.huber_loss` for floating dtypes; shapes and weights as `mse_loss`.

    As in PyTorch, a mean with weights is that over the number of elements.
    """
    return _of_difference("huber_loss", input, target, reduction, weight, delta=delta)


@public
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """`torch.nn.functional.binary_cross_entropy` for floating dtypes.

    A weight that requires grad raises NotImplementedError. On a GPU the loss of an input that is no
    probability is NaN.
    """
    constant("binary_cross_entropy", weight=weight)
    reduction = legacy_reduction(size_average, reduce, reduction)
    return ours.BINARY_CROSS_ENTROPY.forward(input, target, reduction, weight)


@public
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.binary_cross_entropy_with_logits` for floating dtypes.

    Weights that require grad raise NotImplementedError.
    """
    constant("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    reduction = legacy_reduction(size_average, reduce, reduction)
    operators = ours.BINARY_CROSS_ENTROPY_WITH_LOGITS
    return operators.forward(input, target, reduction, weight, pos_weight)


MSELoss = layer(torch.nn.MSELoss, mse_loss)
L1Loss = layer(torch.nn.L1Loss, l1_loss)
SmoothL1Loss = layer(torch.nn.SmoothL1Loss, smooth_l1_loss, "beta")
HuberLoss = layer(torch.nn.HuberLoss, huber_loss, "delta")
BCELoss = layer(torch.nn.BCELoss, binary_cross_entropy, "weight")
BCEWithLogitsLoss = layer(
    torch.nn.BCEWithLogitsLoss, binary_cross_entropy_with_logits, "weight", "pos_weight"
)
