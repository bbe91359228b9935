"""cross_entropy of logits with classes or probabilities."""

import torch
from torch import Tensor

from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import number
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.loss.cross_entropy_gradients import CROSS_ENTROPY
from crosscheck.nn.torch_ops.loss.layers import CLASSES, parametric


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
    """`torch.nn.functional.cross_entropy` for floating dtypes, with int64 or uint8 classes.

    Target probabilities have a gradient, too. A weight that requires grad raises
    NotImplementedError. On a GPU the loss of a target that is no class is NaN.
    """
    constant("cross_entropy", weight=weight)
    ignore_index = number("cross_entropy", "ignore_index", ignore_index)
    reduction = legacy_reduction(size_average, reduce, reduction)
    return CROSS_ENTROPY.forward(input, target, weight, ignore_index, reduction, label_smoothing)


@public
class CrossEntropyLoss(torch.nn.CrossEntropyLoss):
    """`torch.nn.CrossEntropyLoss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return compute(
            self,
            cross_entropy,
            integers=CLASSES,
            unless=self._misfit(),
            input=input,
            target=target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )

    def _misfit(self) -> str:
        """Return which of PyTorch's options the operator does not have, or ""."""
        if not 0 <= self.label_smoothing <= 1:
            return f"label_smoothing is {self.label_smoothing}; kernels take 0 to 1"
        return parametric(self)
