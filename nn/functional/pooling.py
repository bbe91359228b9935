"""Pooling."""

from collections.abc import Sequence

from crosscheck.kernels import pooling
from crosscheck.nn.functional.arguments import Size, array_of
from crosscheck.nn.tensor import Tensor, record


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
    x = array_of("max_pool2d", "input", input)
    geometry = (kernel_size, stride, padding, dilation, ceil_mode)
    y, indices = pooling.max_pool2d.forward(x, *geometry)
    size = x.shape  # the derivative needs the size alone: do not keep the input alive
    output = record(
        "max_pool2d",
        y,
        (input, lambda dy: pooling.max_pool2d.input_gradient(dy, indices, size, *geometry)),
    )
    return (output, Tensor(indices)) if return_indices else output


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
    x = array_of("avg_pool2d", "input", input)
    geometry = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    size = x.shape
    return record(
        "avg_pool2d",
        pooling.avg_pool2d.forward(x, *geometry),
        (input, lambda dy: pooling.avg_pool2d.input_gradient(dy, size, *geometry)),
    )


def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int | None]) -> Tensor:
    """Take the mean of each of output_size windows, spread evenly over the input."""
    x = array_of("adaptive_avg_pool2d", "input", input)
    size = x.shape
    return record(
        "adaptive_avg_pool2d",
        pooling.adaptive_avg_pool2d.forward(x, output_size),
        (input, lambda dy: pooling.adaptive_avg_pool2d.input_gradient(dy, size)),
    )
