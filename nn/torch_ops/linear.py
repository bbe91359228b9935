"""The linear layer."""

import torch
from torch import Tensor

from crosscheck.kernels.linear import LINEAR as KERNELS
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import bilinear
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

LINEAR = Operators(KERNELS)
bilinear.differentiate(LINEAR, trailing=0)


@public
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`torch.nn.functional.linear` for floating dtypes. The output is contiguous."""
    return LINEAR.forward(input, weight, bias)


@public
class Linear(torch.nn.Linear):
    """`torch.nn.Linear`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, linear, input=input, weight=self.weight, bias=self.bias)
