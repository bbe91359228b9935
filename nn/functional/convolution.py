"""Convolution."""

from kernels import convolution
from kernels.arrays import Array, namespace
from nn.functional.arguments import Size, array_of
from nn.tensor import Tensor, record


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
    return record(
        "conv2d",
        convolution.forward(x, w, b, *geometry),
        (input, lambda dy: convolution.input_gradient(x.shape, w, dy, *geometry)),
        (weight, lambda dy: convolution.weight_gradient(x, w.shape, dy, *geometry)),
        (bias, lambda dy: _bias_gradient(b, dy)),
    )


def _bias_gradient(b: Array, dy: Array) -> Array:
    """An input without channels gives an output without any: no element of it saw the bias."""
    return convolution.bias_gradient(dy) if dy.size else namespace(b).zeros_like(b)
