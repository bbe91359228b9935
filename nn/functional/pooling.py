"""Pooling."""

from collections.abc import Sequence

from crosscheck.kernels.pooling.adaptive_avg_pool1d import ADAPTIVE_AVG_POOL1D
from crosscheck.kernels.pooling.adaptive_avg_pool2d import ADAPTIVE_AVG_POOL2D
from crosscheck.kernels.pooling.adaptive_max_pool2d import ADAPTIVE_MAX_POOL2D
from crosscheck.kernels.pooling.avg_pool1d import AVG_POOL1D
from crosscheck.kernels.pooling.avg_pool2d import AVG_POOL2D
from crosscheck.kernels.pooling.lp_pool2d import LP_POOL2D
from crosscheck.kernels.pooling.max_pool1d import MAX_POOL1D
from crosscheck.kernels.pooling.max_pool2d import MAX_POOL2D
from crosscheck.kernels.pooling.max_unpool2d import MAX_UNPOOL2D, resolve
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import Size, array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def max_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Take the largest element of every window; with return_indices, return (output, indices)."""
    options = dict(
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )
    output, indices = apply(MAX_POOL2D, dict(input=input), options)
    return (output, indices) if return_indices else output


@public
def avg_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of every window."""
    options = dict(
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )
    return apply(AVG_POOL2D, dict(input=input), options)[0]


@public
def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int | None]) -> Tensor:
    """Take the mean of each of output_size windows, spread evenly over the input."""
    return apply(ADAPTIVE_AVG_POOL2D, dict(input=input), dict(output_size=output_size))[0]


@public
def max_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """`max_pool2d` of signals ([n,] c, w)."""
    options = dict(
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )
    output, indices = apply(MAX_POOL1D, dict(input=input), options)
    return (output, indices) if return_indices else output


@public
def avg_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """`avg_pool2d` of signals ([n,] c, w)."""
    options = dict(
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )
    return apply(AVG_POOL1D, dict(input=input), options)[0]


@public
def adaptive_avg_pool1d(input: Tensor, output_size: Size) -> Tensor:
    """`adaptive_avg_pool2d` of signals ([n,] c, w)."""
    return apply(ADAPTIVE_AVG_POOL1D, dict(input=input), dict(output_size=output_size))[0]


@public
def adaptive_max_pool2d(
    input: Tensor, output_size: int | Sequence[int | None], return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Take the largest element of each of output_size windows, spread evenly over the input."""
    options = dict(output_size=output_size)
    output, indices = apply(ADAPTIVE_MAX_POOL2D, dict(input=input), options)
    return (output, indices) if return_indices else output


@public
def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put every element back to the index that max_pool2d returned for it, among zeros.

    Of several elements with one index the last stays. `output_size` names one of the sizes that
    pool to the input's; the indices count in a plane of it.
    """
    size = array_of("max_unpool2d", "input", input).shape
    size = resolve(size, kernel_size, stride, padding, output_size)
    tensors = dict(input=input, indices=indices)
    return apply(MAX_UNPOOL2D, tensors, dict(output_size=size))[0]


@public
def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the p-norm of every window, p being norm_type: the p-th root of the sum of x^p.

    As in PyTorch, where the sum is 0 so is the gradient, elements keep their sign in an odd power,
    and infinity is the largest |x|, its negative the smallest.
    """
    options = dict(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)
    return apply(LP_POOL2D, dict(input=input), options)[0]
