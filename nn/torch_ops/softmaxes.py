"""softmax, log_softmax and their gradients.

The second derivatives are arithmetic of PyTorch's, which knows all further ones; but the Jacobian
of softmax is symmetric, so there one half of them is the kernel of the first again.
"""

from typing import Any

import torch
from torch import Tensor
from torch.library import CustomOpDef

from crosscheck.kernels.softmax import log_softmax as log_kernels
from crosscheck.kernels.softmax import softmax as kernels
from crosscheck.kernels.softmax.wrapper import axis_of
from crosscheck.nn.functional.softmax import NO_DIM, default_dim
from crosscheck.nn.torch_ops.arguments import warn
from crosscheck.nn.torch_ops.operator import operator


@operator("softmax", kernels.forward)
def forward(input: Tensor, dim: int) -> Tensor:
    axis_of("softmax", dim, input.ndim)
    return torch.empty_like(input)


@operator("softmax_input_gradient", kernels.input_gradient)
def input_gradient(grad_output: Tensor, output: Tensor, dim: int) -> Tensor:
    return torch.empty_like(output)


@operator("log_softmax", log_kernels.forward)
def log_forward(input: Tensor, dim: int) -> Tensor:
    axis_of("log_softmax", dim, input.ndim)
    return torch.empty_like(input)


@operator("log_softmax_input_gradient", log_kernels.input_gradient)
def log_input_gradient(grad_output: Tensor, output: Tensor, dim: int) -> Tensor:
    return torch.empty_like(output)


def _save_forward(ctx: Any, inputs: tuple, output: Tensor) -> None:
    _, ctx.dim = inputs
    ctx.save_for_backward(output)


def _forward_backward(ctx: Any, dy: Tensor) -> tuple:
    return input_gradient(dy, *ctx.saved_tensors, ctx.dim), None


def _log_forward_backward(ctx: Any, dy: Tensor) -> tuple:
    return log_input_gradient(dy, *ctx.saved_tensors, ctx.dim), None


def _save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    dy, y, ctx.dim = inputs
    ctx.save_for_backward(dy, y)


# dx[j] = y[j] (dy[j] - sum of dy y), so <ddx, dx> has the derivatives
#     for dy[k]   y[k] (ddx[k] - sum of ddx y)
#     for y[k]    ddx[k] (dy[k] - sum of dy y) - dy[k] (sum of ddx y)
def _input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    dy, y = ctx.saved_tensors

    def dot(a: Tensor) -> Tensor:
        return (a * y).sum(ctx.dim, keepdim=True)

    return input_gradient(ddx, y, ctx.dim), ddx * (dy - dot(dy)) - dy * dot(ddx), None


# dx[j] = dy[j] - exp(y[j]) (sum of dy), so <ddx, dx> has the derivatives
#     for dy[k]   ddx[k] - sum of ddx exp(y)
#     for y[k]    -ddx[k] exp(y[k]) (sum of dy)
def _log_input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    dy, y = ctx.saved_tensors
    product = ddx * y.exp()
    ddy = ddx - product.sum(ctx.dim, keepdim=True)
    return ddy, -product * dy.sum(ctx.dim, keepdim=True), None


forward.register_autograd(_forward_backward, setup_context=_save_forward)
input_gradient.register_autograd(_input_gradient_backward, setup_context=_save_input_gradient)
log_forward.register_autograd(_log_forward_backward, setup_context=_save_forward)
log_input_gradient.register_autograd(
    _log_input_gradient_backward, setup_context=_save_input_gradient
)


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None
) -> Tensor:
    """`torch.nn.functional.softmax` for float32 and float64; `dtype` may make others of them."""
    return _along("softmax", forward, input, dim, _stacklevel, dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None
) -> Tensor:
    """`torch.nn.functional.log_softmax`, for the dtypes of `softmax`."""
    return _along("log_softmax", log_forward, input, dim, _stacklevel, dtype)


def _along(
    op: str,
    run: CustomOpDef,
    input: Tensor,
    dim: int | None,
    stacklevel: int,
    dtype: torch.dtype | None,
) -> Tensor:
    if dim is None:
        warn(f"{op}: {NO_DIM}", stacklevel)
        dim = default_dim(input.ndim)
    return run(input if dtype is None else input.to(dtype), dim)
