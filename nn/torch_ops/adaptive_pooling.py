"""Adaptive average pooling and its gradient, whose own gradient is the average again."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.pooling import adaptive_avg_pool2d as kernels
from crosscheck.nn.torch_ops.arguments import number, rank
from crosscheck.nn.torch_ops.operator import operator


@operator("adaptive_avg_pool2d", kernels.forward)
def forward(input: Tensor, output_size: Sequence[int]) -> Tensor:
    rank("adaptive_avg_pool2d", "input.shape", input.shape, (3, 4))
    return input.new_empty((*input.shape[:-2], *output_size))


@operator("adaptive_avg_pool2d_input_gradient", kernels.input_gradient)
def input_gradient(grad_output: Tensor, input_size: Sequence[int]) -> Tensor:
    return grad_output.new_empty(input_size)


def _save(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.size = inputs[0].shape


def _forward_backward(ctx: Any, dy: Tensor) -> tuple:
    return input_gradient(dy, ctx.size), None


def _input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    return forward(ddx, ctx.size[-2:]), None


forward.register_autograd(_forward_backward, setup_context=_save)
input_gradient.register_autograd(_input_gradient_backward, setup_context=_save)


def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int | None]) -> Tensor:
    """`torch.nn.functional.adaptive_avg_pool2d` for float32 and float64. The output is contiguous.

    None stands for the input's own extent.
    """
    op = "adaptive_avg_pool2d"
    if not isinstance(output_size, (list, tuple)):
        return forward(input, 2 * [number(op, "output_size", output_size)])
    if len(output_size) != 2:
        reject(op, "output_size", output_size, "an integer or a pair of integers or None")
    pairs = zip(output_size, input.shape[-2:], strict=True)
    sizes = [h if p is None else number(op, "output_size", p) for p, h in pairs]
    return forward(input, sizes)
