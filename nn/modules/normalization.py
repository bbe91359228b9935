"""Normalisation of each sample: over layers, and over groups of channels."""

from collections.abc import Sequence
from typing import Any

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
