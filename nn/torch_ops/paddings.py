"""Padding of images and signals, with their own elements or with a number."""

from collections.abc import Sequence
from contextlib import nullcontext

import torch
from torch import Tensor

from crosscheck.kernels import padding
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import numbers
from crosscheck.nn.torch_ops.autocast import untouched
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

PAD = Operators(padding.PAD)


# Every output is a copy of an input: the gradient's gradient is padded alike.
@PAD.derivative("input_gradient")
def _padded(v, pad, mode):
    return {"grad_output": lambda: PAD.forward(v, pad, mode)}


@public
def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """`torch.nn.functional.pad` for floating dtypes: "reflect", "replicate" and "circular" of
    images by 4 numbers and of signals by 2. The output is contiguous.

    Around an image a constant is a copy and no arithmetic: that is PyTorch's.
    """
    if mode == "constant":
        return torch.nn.functional.pad(input, pad, mode, value)
    sides = numbers("pad", "pad", pad)
    # PyTorch's list of autocast on a CPU has no padding by copies.
    with untouched(input) if mode == "circular" else nullcontext():
        if len(sides) == 2 and input.ndim in (2, 3):  # a signal is an image of one row
            return PAD.forward(input.unsqueeze(-2), [*sides, 0, 0], mode).squeeze(-2)
        return PAD.forward(input, sides, mode)


def _pad(layer: torch.nn.Module, input: Tensor, mode: str) -> Tensor:
    sides, reason = layer.padding, ""
    if min(sides) < 0:
        reason = f"padding is {tuple(sides)}; kernels cut nothing off"
    return compute(layer, pad, unless=reason, input=input, pad=sides, mode=mode)


@public
class ReflectionPad1d(torch.nn.ReflectionPad1d):
    """`torch.nn.ReflectionPad1d`."""

    def forward(self, input: Tensor) -> Tensor:
        return _pad(self, input, "reflect")


@public
class ReflectionPad2d(torch.nn.ReflectionPad2d):
    """`torch.nn.ReflectionPad2d`."""

    forward = ReflectionPad1d.forward


@public
class ReplicationPad1d(torch.nn.ReplicationPad1d):
    """`torch.nn.ReplicationPad1d`."""

    def forward(self, input: Tensor) -> Tensor:
        return _pad(self, input, "replicate")


@public
class ReplicationPad2d(torch.nn.ReplicationPad2d):
    """`torch.nn.ReplicationPad2d`."""

    forward = ReplicationPad1d.forward


@public
class CircularPad1d(torch.nn.CircularPad1d):
    """`torch.nn.CircularPad1d`."""

    def forward(self, input: Tensor) -> Tensor:
        return _pad(self, input, "circular")


@public
class CircularPad2d(torch.nn.CircularPad2d):
    """`torch.nn.CircularPad2d`."""

    forward = CircularPad1d.forward


@public
class ConstantPad2d(torch.nn.ConstantPad2d):
    """`torch.nn.ConstantPad2d`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, pad, input=input, pad=self.padding, mode="constant", value=self.value)


@public
class ZeroPad2d(torch.nn.ZeroPad2d):
    """`torch.nn.ZeroPad2d`."""

    forward = ConstantPad2d.forward
