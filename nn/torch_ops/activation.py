"""relu and its gradient, which is its own gradient's gradient too."""

from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.activation import relu as kernels
from crosscheck.nn.torch_ops.operator import operator


@operator("relu", kernels.forward)
def forward(input: Tensor) -> Tensor:
    return torch.empty_like(input)


@operator("relu_input_gradient", kernels.input_gradient)
def input_gradient(grad_output: Tensor, output: Tensor) -> Tensor:
    return torch.empty_like(grad_output)


def _save_forward(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.save_for_backward(output)


def _forward_backward(ctx: Any, dy: Tensor) -> Tensor:
    return input_gradient(dy, *ctx.saved_tensors)


# dx = dy where y > 0, else 0: linear in dy, with the same factors; flat in y on either side of 0.
def _save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.save_for_backward(inputs[1])


def _input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    return input_gradient(ddx, *ctx.saved_tensors), None


forward.register_autograd(_forward_backward, setup_context=_save_forward)
input_gradient.register_autograd(_input_gradient_backward, setup_context=_save_input_gradient)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu` for float32 and float64.

    With inplace=True the result is also copied into `input`, which is returned.
    """
    output = forward(input)
    return input.copy_(output) if inplace else output
