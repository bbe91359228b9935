"""Losses."""

from kernels.arguments import reject
from kernels.loss import cross_entropy as _cross_entropy
from kernels.loss import mse as _mse
from nn.functional.arguments import array_of
from nn.tensor import Tensor, record


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

    A target or weight that requires grad raises NotImplementedError: only the logits have one here.
    """
    op = "cross_entropy"
    x, t = array_of(op, "input", input), array_of(op, "target", target)
    w = None if weight is None else array_of(op, "weight", weight)
    _constant(op, target=target, weight=weight)
    reduction = legacy_reduction(size_average, reduce, reduction)
    how = (w, ignore_index, reduction, label_smoothing)
    return record(
        op,
        _cross_entropy.forward(x, t, *how),
        (input, lambda dy: _cross_entropy.input_gradient(dy, x, t, *how)),
    )


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Square the differences between two tensors of one shape; take their mean or sum.

    PyTorch warns where the shapes differ and broadcasts: here they must be equal. A weight that
    requires grad raises NotImplementedError.
    """
    op = "mse_loss"
    x, t = array_of(op, "input", input), array_of(op, "target", target)
    w = None if weight is None else array_of(op, "weight", weight)
    _constant(op, weight=weight)
    how = (legacy_reduction(size_average, reduce, reduction), w)
    return record(
        op,
        _mse.forward(x, t, *how),
        (input, lambda dy: _mse.input_gradient(dy, x, t, *how)),
        (target, lambda dy: _mse.target_gradient(dy, x, t, *how)),
    )


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """Return `reduction`, or what PyTorch's two old arguments say, where one is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is not None and not reduce:
        return "none"
    return "mean" if size_average is None or size_average else "sum"


def _constant(op: str, **tensors: Tensor | None) -> None:
    """Refuse tensors that ask for a gradient which nothing computes."""
    for name, tensor in tensors.items():
        if tensor is not None and tensor.requires_grad:
            expected = "False: it has no gradient here"
            reject(op, f"{name}.requires_grad", True, expected, NotImplementedError)
