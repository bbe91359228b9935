"""nll_loss."""

import torch
from torch import Tensor

from crosscheck.kernels.loss.nll_loss import NLL_LOSS as KERNELS
from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import number
from crosscheck.nn.torch_ops.loss.layers import CLASSES, layer
from crosscheck.nn.torch_ops.operators import Operators

NLL_LOSS = Operators(KERNELS)


# The loss is linear in x: <v, dx> is dy times the loss of v.
@NLL_LOSS.derivative("input_gradient")
def _input(v, target, weight, ignore_index, reduction):
    return {"grad_output": lambda: NLL_LOSS.forward(v, target, weight, ignore_index, reduction)}


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
    """`torch.nn.functional.nll_loss` for floating dtypes, with int64 or uint8 classes.

    A weight that requires grad raises NotImplementedError. On a GPU the loss of a target that is no
    class is NaN.
    """
    constant("nll_loss", weight=weight)
    ignore_index = number("nll_loss", "ignore_index", ignore_index)
    reduction = legacy_reduction(size_average, reduce, reduction)
    return NLL_LOSS.forward(input, target, weight, ignore_index, reduction)


NLLLoss = layer(torch.nn.NLLLoss, nll_loss, "weight", "ignore_index", integers=CLASSES)
