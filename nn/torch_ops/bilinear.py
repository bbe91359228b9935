"""Derivatives of any order for y = x * w + b, where * is bilinear: convolution, matrix product.

The kernel of each gradient is linear in each of its arrays again, and its gradients are the two
other kernels. With the inner product <,>:

    <dy, x * w> = <input_gradient(w, dy), x> = <weight_gradient(x, dy), w>
"""

from typing import Any

from torch import Tensor
from torch.library import CustomOpDef


def register(
    forward: CustomOpDef,
    input_gradient: CustomOpDef,
    weight_gradient: CustomOpDef,
    bias_gradient: CustomOpDef,
    trailing: int,
) -> None:
    """Give the four operators their derivatives.

    They take (input, weight, bias), (input_size, weight, grad_output), (input, weight_size,
    grad_output) and (grad_output), the first three followed by the same geometry. `trailing` is the
    number of y's dimensions after the one that the bias runs along.
    """

    def save_forward(ctx: Any, inputs: tuple, output: Tensor) -> None:
        input, weight, _, *ctx.geometry = inputs
        ctx.save_for_backward(input, weight)

    def forward_backward(ctx: Any, dy: Tensor) -> tuple:
        input, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        dx = input_gradient(input.shape, weight, dy, *ctx.geometry) if wanted[0] else None
        dw = weight_gradient(input, weight.shape, dy, *ctx.geometry) if wanted[1] else None
        db = None
        if wanted[2]:  # a convolution without input channels has no output channels: none saw b
            seen = dy.shape[-1 - trailing] == weight.shape[0]
            db = bias_gradient(dy) if seen else dy.new_zeros(weight.shape[0])
        return dx, dw, db, *[None] * len(ctx.geometry)

    def save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
        _, weight, dy, *ctx.geometry = inputs
        ctx.save_for_backward(weight, dy)

    def input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
        weight, dy = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        dw = weight_gradient(ddx, weight.shape, dy, *ctx.geometry) if wanted[1] else None
        ddy = forward(ddx, weight, None, *ctx.geometry) if wanted[2] else None
        return None, dw, ddy, *[None] * len(ctx.geometry)

    def save_weight_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
        input, _, dy, *ctx.geometry = inputs
        ctx.save_for_backward(input, dy)

    def weight_gradient_backward(ctx: Any, ddw: Tensor) -> tuple:
        input, dy = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        dx = input_gradient(input.shape, ddw, dy, *ctx.geometry) if wanted[0] else None
        ddy = forward(input, ddw, None, *ctx.geometry) if wanted[2] else None
        return dx, None, ddy, *[None] * len(ctx.geometry)

    def save_bias_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
        ctx.size = inputs[0].shape

    def bias_gradient_backward(ctx: Any, ddb: Tensor) -> Tensor:
        return ddb[(...,) + (None,) * trailing].expand(ctx.size)

    forward.register_autograd(forward_backward, setup_context=save_forward)
    input_gradient.register_autograd(input_gradient_backward, setup_context=save_input_gradient)
    weight_gradient.register_autograd(weight_gradient_backward, setup_context=save_weight_gradient)
    bias_gradient.register_autograd(bias_gradient_backward, setup_context=save_bias_gradient)
