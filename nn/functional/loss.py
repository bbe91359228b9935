"""Losses."""

import warnings
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.loss import cross_entropy as _cross_entropy
from crosscheck.kernels.loss import mse_loss as _mse
from crosscheck.kernels.reduction import to_size
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


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
    op = "cross_entropy"
    x, t = array_of(op, "input", input), array_of(op, "target", target)
    w = None if weight is None else array_of(op, "weight", weight)
    constant(op, weight=weight)
    reduction = legacy_reduction(size_average, reduce, reduction)
    how, read = (w, ignore_index, reduction, label_smoothing), (input, target, weight)
    return record(
        op,
        _cross_entropy.forward(x, t, *how),
        (input, lambda dy: _cross_entropy.input_gradient(dy, x, t, *how), *read),
        (target, lambda dy: _cross_entropy.target_gradient(dy, x, t, *how), *read),
    )


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
    w = None if weight is None else array_of(op, "weight", weight)
    constant(op, weight=weight)
    how = (legacy_reduction(size_average, reduce, reduction), w)
    sizes, read = (x.shape, t.shape), (input, target, weight)
    if sizes[0] != sizes[1] and w is None:
        x, t = _broadcast(op, x, t)
    return record(
        op,
        _mse.forward(x, t, *how),
        (input, lambda dy: _narrow(_mse.input_gradient(dy, x, t, *how), sizes[0]), *read),
        (target, lambda dy: _narrow(_mse.target_gradient(dy, x, t, *how), sizes[1]), *read),
    )


def _broadcast(op: str, x: Array, t: Array) -> tuple[Array, Array]:
    """Return both as views of the shape they have in common. Raises ValueError."""
    try:
        shape = np.broadcast_shapes(x.shape, t.shape)
    except ValueError:
        reject(op, "target.shape", t.shape, f"a shape that broadcasts with the input's, {x.shape}")
    message = f"{op}: target.shape is {t.shape}, input.shape {x.shape}: broadcast to {shape}"
    warnings.warn(message, stacklevel=3)
    return tuple(namespace(each).broadcast_to(each, shape) for each in (x, t))


def _narrow(gradient: Array, size: tuple[int, ...]) -> Array:
    return gradient if gradient.shape == size else to_size(gradient, size)


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
