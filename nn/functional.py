"""The operators of `torch.nn.functional`, with its names, signatures and defaults.

Each runs kernels forward and hands `record` one derivative for every input that can have one.
Inputs are tensors of one dtype and device; what PyTorch rejects raises before anything is launched.
"""

from collections.abc import Sequence

from kernels import convolution
from kernels.activation import relu as _relu
from kernels.arguments import reject
from kernels.arrays import Array, namespace
from kernels.pooling import average, max
from nn.tensor import Tensor, record

Size = int | Sequence[int]


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
    x, w = _array("conv2d", "input", input), _array("conv2d", "weight", weight)
    b = None if bias is None else _array("conv2d", "bias", bias)
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
    x = _array("max_pool2d", "input", input)
    geometry = (kernel_size, stride, padding, dilation, ceil_mode)
    y, indices = max.forward(x, *geometry)
    size = x.shape  # the derivative needs the size alone: do not keep the input alive
    output = record(
        "max_pool2d",
        y,
        (input, lambda dy: max.input_gradient(dy, indices, size, *geometry)),
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
    x = _array("avg_pool2d", "input", input)
    geometry = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    size = x.shape
    return record(
        "avg_pool2d",
        average.forward(x, *geometry),
        (input, lambda dy: average.input_gradient(dy, size, *geometry)),
    )


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0.

    `inplace=True` raises NotImplementedError: an operator before this one may have saved the array
    for its derivative, so tensors are never overwritten.
    """
    x = _array("relu", "input", input)
    if inplace:
        reject("relu", "inplace", inplace, "False: use the returned tensor", NotImplementedError)
    y = _relu.forward(x)
    return record("relu", y, (input, lambda dy: _relu.input_gradient(dy, y)))


def _array(op: str, name: str, tensor: Tensor) -> Array:
    if not isinstance(tensor, Tensor):
        reject(op, name, type(tensor).__name__, "an nn.Tensor", TypeError)
    return tensor.array
