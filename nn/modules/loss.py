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
class NLLLoss(Module):
    """`torch.nn.NLLLoss`: minus the logarithm of the probability of each class."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = _checked_reduction("NLLLoss", size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        how = dict(ignore_index=self.ignore_index, reduction=self.reduction)
        return F.nll_loss(input, target, self.weight, **how)


class _Difference(Module):
    """A loss of the difference of two tensors, and its mean or sum."""

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ):
        super().__init__()
        name = type(self).__name__
        self.reduction = _checked_reduction(name, size_average, reduce, reduction)


@public
class MSELoss(_Difference):
    """`torch.nn.MSELoss`: the squared differences, and their mean or sum."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


@public
class L1Loss(_Difference):
    """`torch.nn.L1Loss`: the sizes of the differences, and their mean or sum."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


@public
class SmoothL1Loss(_Difference):
    """`torch.nn.SmoothL1Loss`: squares below beta, sizes above."""

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


@public
class HuberLoss(_Difference):
    """`torch.nn.HuberLoss`: squares up to delta, lines above."""

    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


@public
class BCELoss(Module):
    """`torch.nn.BCELoss`: compares probabilities with targets."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = _checked_reduction("BCELoss", size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


@public
class BCEWithLogitsLoss(Module):
    """`torch.nn.BCEWithLogitsLoss`: compares the logits of probabilities with targets."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = _checked_reduction("BCEWithLogitsLoss", size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        how = dict(reduction=self.reduction, pos_weight=self.pos_weight)
        return F.binary_cross_entropy_with_logits(input, target, self.weight, **how)
