"""Images as the matrix of their windows, and back."""

from crosscheck.kernels.convolution.fold import FOLD
from crosscheck.kernels.convolution.unfold import UNFOLD
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def unfold(
    input: Tensor,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Tensor:
    """Make a matrix of windows: ([n,] c, h, w) to ([n,] c * r * s, p * q)."""
    options = dict(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)
    return apply(UNFOLD, dict(input=input), options)[0]


@public
def fold(
    input: Tensor,
    output_size: Size,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Tensor:
    """Add up a matrix of windows: ([n,] c * r * s, p * q) to ([n,] c, *output_size)."""
    options = dict(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)
    return apply(FOLD, dict(input=input), dict(output_size=output_size, **options))[0]
