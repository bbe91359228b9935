"""Convolution."""

from crosscheck.kernels.convolution import CONV2D
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


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
