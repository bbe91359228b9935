"""Floating-point operations of our operators, for torch.utils.flop_counter.FlopCounterMode.

PyTorch counts those of convolutions and matrix products: two for each product, none for a bias. A
gradient has as many products as the forward pass. PyTorch's own formula for the weight's gradient
of a grouped convolution counts each product `groups` times; ours does not.
"""

from math import prod
from typing import Any

import torch
from torch.utils.flop_counter import register_flop_formula

from crosscheck.nn.torch_ops import convolution  # noqa: F401  registers the operators
from crosscheck.nn.torch_ops.linear import LINEAR  # noqa: F401

OPS = torch.ops.crosscheck
Shape = tuple[int, ...]


def _convolution(weight: Shape, output: Shape) -> int:
    """Each weight meets every place of its filter's outputs: (n), k, p, q or (n), k, q."""
    axes = len(weight) - 2
    images = prod(output[: -axes - 1])
    return 2 * images * prod(output[-axes:]) * prod(weight)


@register_flop_formula([OPS.conv1d, OPS.conv2d])
def _forward(input: Shape, weight: Shape, *_: Any, out_shape: Shape, **__: Any) -> int:
    return _convolution(weight, out_shape)


@register_flop_formula(
    [
        OPS.conv1d_input_gradient,
        OPS.conv1d_weight_gradient,
        OPS.conv2d_input_gradient,
        OPS.conv2d_weight_gradient,
    ]
)
def _gradient(one: Shape, weight: Shape, grad_output: Shape, *_: Any, **__: Any) -> int:
    """`one` is the input or its size, `weight` the filters or their size."""
    return _convolution(weight, grad_output)


@register_flop_formula(OPS.conv_transpose2d)
def _transposed_forward(input: Shape, weight: Shape, *_: Any, **__: Any) -> int:
    return _convolution(weight, input)


@register_flop_formula([OPS.conv_transpose2d_input_gradient, OPS.conv_transpose2d_weight_gradient])
def _transposed_gradient(input: Shape, weight: Shape, *_: Any, **__: Any) -> int:
    return _convolution(weight, input)


@register_flop_formula(OPS.linear)
def _linear_forward(input: Shape, weight: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(input[:-1]) * prod(weight)


@register_flop_formula([OPS.linear_input_gradient, OPS.linear_weight_gradient])
def _linear_gradient(input: Shape, weight: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(input[:-1]) * prod(weight)
