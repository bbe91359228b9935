"""Losses."""

from crosscheck.kernels.arguments import reject
from crosscheck.nn import functional as F
from crosscheck.nn.functional.loss import legacy_reduction
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


def _checked_reduction(
    op: str, size_average: bool | None, reduce: bool | None, reduction: str
) -> str:
    if reduction not in ("none", "mean", "sum"):
        reject(op, "reduction", reduction, "'none', 'mean' or 'sum'")
    return legacy_reduction(size_average, reduce, reduction)


@public
class CrossEntropyLoss(Module):
    """`torch.nn.CrossEntropyLoss`: compares logits with classes or with probabilities."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = _checked_reduction("CrossEntropyLoss", size_average, reduce, reduction)
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


@public
class MSELoss(Module):
    """`torch.nn.MSELoss`: the squared differences, and their mean or sum."""

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ):
        super().__init__()
        self.reduction = _checked_reduction("MSELoss", size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)
