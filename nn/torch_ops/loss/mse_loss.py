"""mse_loss."""

import torch
from torch import Tensor

from crosscheck.kernels.loss.mse_loss import MSE_LOSS as KERNELS
from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import warn
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

MSE_LOSS = Operators(KERNELS)


# dx = dy scale (x - t) with scale = 2 w / divisor: a product of dy and the difference. (x - t)^2
# stays the same where x and t change places: so do the formulas.
def _products(v, grad_output, one, other, reduction, weight):
    """Return the gradients for grad_output, `one` and `other` of the gradient for `one`."""
    scaled = 2 * v if weight is None else 2 * v * weight
    if reduction == "mean":
        scaled = scaled / (one.numel() if weight is None else weight.sum())
    of_dy = scaled * (one - other)
    of_dy = of_dy if reduction == "none" else of_dy.sum()
    return (lambda: of_dy), (lambda: scaled * grad_output), (lambda: -scaled * grad_output)


@MSE_LOSS.derivative("input_gradient")
def _input(v, grad_output, input, target, reduction, weight):
    found = _products(v, grad_output, input, target, reduction, weight)
    return dict(zip(("grad_output", "input", "target"), found, strict=True))


@MSE_LOSS.derivative("target_gradient")
def _target(v, grad_output, input, target, reduction, weight):
    found = _products(v, grad_output, target, input, reduction, weight)
    return dict(zip(("grad_output", "target", "input"), found, strict=True))


@public
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.mse_loss` for float32 and float64.

    Shapes that differ are broadcast, with a warning as PyTorch's; with weights they must be equal.
    A weight that requires grad raises NotImplementedError.
    """
    constant("mse_loss", weight=weight)
    if input.shape != target.shape and weight is None:
        warn("mse_loss: input and target differ in shape: broadcast", stacklevel=2)
        input, target = torch.broadcast_tensors(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    return MSE_LOSS.forward(input, target, reduction, weight)


@public
class MSELoss(torch.nn.MSELoss):
    """`torch.nn.MSELoss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return compute(self, mse_loss, input=input, target=target, reduction=self.reduction)
