"""Losses."""

import warnings
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.loss.cross_entropy import CROSS_ENTROPY
from crosscheck.kernels.loss.mse_loss import MSE_LOSS
from crosscheck.kernels.reduction import to_size
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record


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
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Square the differences between two tensors; take their mean or sum.

    Shapes that differ are broadcast, with PyTorch's warning; with weights they must be equal. A
    weight that requires grad raises NotImplementedError.
    """
    op = "mse_loss"
    x, t = array_of(op, "input", input), array_of(op, "target", target)
    constant(op, weight=weight)
    if x.shape != t.shape and weight is None:
        input, target = _broadcast(op, input, target)
    options = dict(reduction=legacy_reduction(size_average, reduce, reduction))
    return apply(MSE_LOSS, dict(input=input, target=target, weight=weight), options)[0]


def _broadcast(op: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return both as views of the shape they have in common. Raises ValueError."""
    try:
        shape = np.broadcast_shapes(input.shape, target.shape)
    except ValueError:
        expected = f"a shape that broadcasts with the input's, {input.shape}"
        reject(op, "target.shape", target.shape, expected)
    message = (
        f"{op}: target.shape is {target.shape}, input.shape {input.shape}: broadcast to {shape}"
    )
    warnings.warn(message, stacklevel=3)
    return _expanded(input, shape), _expanded(target, shape)


def _expanded(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return a view of a shape that the tensor broadcasts to."""
    array, size = tensor.array, tensor.shape
    view = Tensor(namespace(array).broadcast_to(array, shape), memory=tensor.memory)
    return record("expand", view, (tensor, lambda dy: to_size(dy, size)))


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
