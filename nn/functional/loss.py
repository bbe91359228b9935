"""Losses."""

import warnings
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.loss.binary_cross_entropy import BINARY_CROSS_ENTROPY
from crosscheck.kernels.loss.binary_cross_entropy_with_logits import (
    BINARY_CROSS_ENTROPY_WITH_LOGITS,
)
from crosscheck.kernels.loss.cross_entropy import CROSS_ENTROPY
from crosscheck.kernels.loss.huber_loss import HUBER_LOSS
from crosscheck.kernels.loss.l1_loss import L1_LOSS
from crosscheck.kernels.loss.mse_loss import MSE_LOSS
from crosscheck.kernels.loss.nll_loss import NLL_LOSS
from crosscheck.kernels.loss.pointwise import Pointwise
from crosscheck.kernels.loss.smooth_l1_loss import SMOOTH_L1_LOSS
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Compare logits (n, c, ...) or (c) with classes (n, ...), or with probabilities as the input.

    Probabilities have a gradient, too. A weight that requires grad raises NotImplementedError.
    """
    constant("cross_entropy", weight=weight)
    options = dict(
        ignore_index=ignore_index,
        reduction=legacy_reduction(size_average, reduce, reduction),
        label_smoothing=label_smoothing,
    )
    tensors = dict(input=input, target=target, weight=weight)
    return apply(CROSS_ENTROPY, tensors, options)[0]


@public
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Take minus the logarithms (n, c, ...) or (c) of probabilities at the classes (n, ...).

    A weight that requires grad raises NotImplementedError.
    """
    constant("nll_loss", weight=weight)
    reduction = legacy_reduction(size_average, reduce, reduction)
    tensors = dict(input=input, target=target, weight=weight)
    return apply(NLL_LOSS, tensors, dict(ignore_index=ignore_index, reduction=reduction))[0]


@public
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Square the differences between two tensors; take their mean or sum.

    Shapes that differ are broadcast, with PyTorch's warning; weights have the input's. A weight
    that requires grad raises NotImplementedError.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference(MSE_LOSS, input, target, reduction, weight)


@public
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Take the sizes of the differences between two tensors; otherwise like `mse_loss`."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference(L1_LOSS, input, target, reduction, weight)


@public
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """`l1_loss`, but squares where the difference is below beta. Broadcasts like `mse_loss`."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _of_difference(SMOOTH_L1_LOSS, input, target, reduction, beta=beta)


@public
def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Squares where the difference is at most delta, lines elsewhere; like `mse_loss`.

    As in PyTorch, a mean with weights is that over the number of elements.
    """
    return _of_difference(HUBER_LOSS, input, target, reduction, weight, delta=delta)


@public
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Compare probabilities from 0 to 1 with targets of their shape; weights may broadcast to it.

    A weight that requires grad raises NotImplementedError.
    """
    constant("binary_cross_entropy", weight=weight)
    options = dict(reduction=legacy_reduction(size_average, reduce, reduction))
    tensors = dict(input=input, target=target, weight=weight)
    return apply(BINARY_CROSS_ENTROPY, tensors, options)[0]


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
    """`binary_cross_entropy` of sigmoid(input), which neither overflows nor loses digits.

    pos_weight multiplies the positive part of each target. Weights that require grad raise
    NotImplementedError.
    """
    constant("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    options = dict(reduction=legacy_reduction(size_average, reduce, reduction))
    tensors = dict(input=input, target=target, weight=weight, pos_weight=pos_weight)
    return apply(BINARY_CROSS_ENTROPY_WITH_LOGITS, tensors, options)[0]


def _of_difference(
    operator: Pointwise,
    input: Tensor,
    target: Tensor,
    reduction: str,
    weight: Tensor | None = None,
    **options: Any,
) -> Tensor:
    op = operator.name
    x, t = array_of(op, "input", input), array_of(op, "target", target)
    constant(op, weight=weight)
    if x.shape != t.shape:
        shapes = f"target.shape is {t.shape}, input.shape {x.shape}"
        warnings.warn(f"{op}: {shapes}: they are broadcast", stacklevel=3)
    tensors = dict(input=input, target=target)
    tensors |= {"weight": weight} if operator.weights else {}
    return apply(operator, tensors, dict(reduction=reduction, **options))[0]


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """Return `reduction`, or what PyTorch's two old arguments say, where one is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is not None and not reduce:
        return "none"
    return "mean" if size_average is None or size_average else "sum"


def constant(op: str, **tensors: Any) -> None:
    """Refuse tensors, ours or PyTorch's, that ask for a gradient which nothing computes."""
    for name, tensor in tensors.items():
        if tensor is not None and tensor.requires_grad:
            expected = "False: it has no gradient here"
            reject(op, f"{name}.requires_grad", True, expected, NotImplementedError)
