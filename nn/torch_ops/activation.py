"""Activations."""

import torch
from torch import Tensor

from crosscheck.kernels.activation import relu as kernels
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.operators import Operators

RELU = Operators(kernels.RELU)


# dx = dy where y > 0, else 0: linear in dy, with the same factors; flat in y on either side of 0.
@RELU.derivative("input_gradient")
def _relu(v, output):
    return {"grad_output": lambda: RELU.input_gradient(v, output)}


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu` for float32 and float64.

    With inplace=True the result is also copied into `input`, which is returned.
    """
    output = RELU.forward(input)
    return input.copy_(output) if inplace else output


@public
class ReLU(torch.nn.ReLU):
    """`torch.nn.ReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return relu(input, self.inplace)
