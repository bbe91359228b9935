"""Convolution."""

from crosscheck.kernels import convolution
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.nn.functional.arguments import Size, array_of
from crosscheck.nn.tensor import Tensor, record


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
    x, w = array_of("conv2d", "input", input), array_of("conv2d", "weight", weight)
    b = None if bias is None else array_of("conv2d", "bias", bias)
    geometry = (stride, padding, dilation, groups)
    size, weight_size = x.shape, w.shape  # a derivative keeps alive only what it reads
    return record(
        "conv2d",
        convolution.forward(x, w, b, *geometry),
        (input, lambda dy: convolution.input_gradient(size, w, dy, *geometry), weight),
        (weight, lambda dy: convolution.weight_gradient(x, weight_size, dy, *geometry), input),
        (bias, lambda dy: _bias_gradient(weight_size[:1], dy)),
    )


def _bias_gradient(size: tuple[int, ...], dy: Array) -> Array:
    """An input without channels gives an output without any: no element of it saw the bias."""
    return convolution.bias_gradient(dy) if dy.size else namespace(dy).zeros(size, dy.dtype)
