"""Normalisation of each sample: over layers, groups of channels, and channels."""

from collections.abc import Sequence
from typing import Any, ClassVar

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn import functional as F
from crosscheck.nn import init
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


def _affine(
    module: Module, size: tuple[int, ...], affine: bool, bias: bool, device: Any, dtype: Any
) -> None:
    """Register a weight of ones and a bias of zeros, or None in their places."""
    for name, wanted, fill in (
        ("weight", affine, init.ones_),
        ("bias", affine and bias, init.zeros_),
    ):
        parameter = Parameter(empty(size, device, dtype)) if wanted else None
        module.register_parameter(name, parameter)
        if parameter is not None:
            fill(parameter)


@public
class LayerNorm(Module):
    """`torch.nn.LayerNorm`: normalises over the last dimensions, `normalized_shape`."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: str | None = None,
        dtype: Any = None,
    ):
        super().__init__()
        is_number = isinstance(normalized_shape, int)
        self.normalized_shape = (normalized_shape,) if is_number else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        _affine(self, self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        bias = self.bias is not None
        how = f"eps={self.eps}, elementwise_affine={self.elementwise_affine}, bias={bias}"
        return f"{self.normalized_shape}, {how}"


@public
class GroupNorm(Module):
    """`torch.nn.GroupNorm`: normalises every sample over each group of channels."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-05,
        affine: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        self.num_groups = integer("GroupNorm", "num_groups", num_groups, 1)
        self.num_channels = integer("GroupNorm", "num_channels", num_channels, 1)
        if num_channels % num_groups:
            expected = f"a multiple of num_groups, {num_groups}"
            reject("GroupNorm", "num_channels", num_channels, expected)
        self.eps, self.affine = eps, affine
        _affine(self, (num_channels,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        how = f"eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"
        return f"{self.num_groups}, {self.num_channels}, {how}"


class InstanceNorm(Module):
    """What `InstanceNorm1d` and `InstanceNorm2d` have in common: every channel of every sample is
    normalised with its own statistics. Running statistics raise NotImplementedError.
    """

    RANKS: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        name = type(self).__name__
        if track_running_stats:
            reject(name, "track_running_stats", True, "False", NotImplementedError)
        self.num_features = integer(name, "num_features", num_features, 0)
        self.eps, self.momentum, self.affine = eps, momentum, affine
        _affine(self, (num_features,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in self.RANKS:
            expected = f"{self.RANKS[0]} dimensions"
            reject(type(self).__name__, "input.shape", input.shape, expected)
        return F.instance_norm(input, weight=self.weight, bias=self.bias, eps=self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, affine={self.affine}"


@public
class InstanceNorm1d(InstanceNorm):
    """`torch.nn.InstanceNorm1d` of (n, c, l)."""

    RANKS = (3,)


@public
class InstanceNorm2d(InstanceNorm):
    """`torch.nn.InstanceNorm2d` of (n, c, h, w)."""

    RANKS = (4,)
