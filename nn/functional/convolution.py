"""Convolution."""

from typing import Any

from crosscheck.kernels.activation.relu import RELU
from crosscheck.kernels.convolution import CONV2D
from crosscheck.kernels.convolution.conv1d import CONV1D
from crosscheck.kernels.convolution.conv_transpose2d import CONV_TRANSPOSE2D
from crosscheck.kernels.fused.conv2d_relu import CONV2D_RELU
from crosscheck.kernels.fused.conv2d_relu_max_pool2d import CONV2D_RELU_MAX_POOL2D
from crosscheck.nn.functional.apply import apply, derive
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.functional.pooling import max_pool2d
from crosscheck.nn.public import public
from crosscheck.nn.tape import is_recording
from crosscheck.nn.tensor import Tensor


@public
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlate ([n,] c, w) with (k, c / groups, s) into ([n,] k, q)."""
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups)
    return apply(CONV1D, tensors, options)[0]


@public
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlate ([n,] c, h, w) with (k, c / groups, r, s) into ([n,] k, p, q)."""
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups)
    return apply(CONV2D, tensors, options)[0]


@public
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """Spread ([n,] k, p, q) by filters (k, c / groups, r, s) to ([n,] c, h, w): conv2d, transposed.

    The output has `output_padding` rows and columns more than the least that `stride` allows.
    """
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(stride=stride, padding=padding, output_padding=output_padding)
    options |= dict(groups=groups, dilation=dilation)
    return apply(CONV_TRANSPOSE2D, tensors, options)[0]


@public
def conv2d_relu(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """relu(conv2d(...)) in one launch; the tape has both of them."""
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups)
    (output,) = apply(CONV2D_RELU, tensors, options)
    between = Tensor(output.array)  # conv2d's output as the tape sees it: no gradient reads it
    derive(CONV2D, tensors, options, (between.array,), between)
    derive(RELU, dict(input=between), {}, (output.array,), output)
    return output


@public
def conv2d_relu_max_pool2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """max_pool2d(relu(conv2d(...)), 2) in one launch, or in two where the tape records: a gradient
    needs to know which output of a window was the largest.
    """
    tensors = dict(input=input, weight=weight, bias=bias)
    options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups)
    if is_recording() and any(_requires_grad(each) for each in tensors.values()):
        return max_pool2d(conv2d_relu(**tensors, **options), 2)
    return apply(CONV2D_RELU_MAX_POOL2D, tensors, options)[0]


def _requires_grad(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad
