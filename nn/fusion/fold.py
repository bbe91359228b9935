"""A batch norm folded into the convolution before it.

In eval mode it is a scale and a shift of each channel, and a convolution is linear:

    (conv(x, w) + b - mean) * scale + beta = conv(x, w * scale) + (b - mean) * scale + beta
    scale = gamma / sqrt(var + eps)

Computed in float64 and rounded once: so the new weights are as good as the convolution's own.
"""

import numpy as np

from crosscheck.kernels.arrays import Array, namespace
from crosscheck.nn.modules import BatchNorm2d, Conv2d, Parameter
from crosscheck.nn.tensor import Tensor


def fold(convolution: Conv2d, norm: BatchNorm2d) -> None:
    """Give the convolution new parameters, with which it does what the two did in eval mode."""
    weight, bias = convolution.weight, convolution.bias
    variance = _wide(norm.running_var)
    scale = _wide(norm.weight, 1.0) / namespace(variance).sqrt(variance + norm.eps)
    shift = (_wide(bias, 0.0) - _wide(norm.running_mean)) * scale + _wide(norm.bias, 0.0)
    dtype, learnt = weight.dtype, weight.requires_grad
    scaled = _wide(weight) * scale[:, None, None, None]
    convolution.weight = Parameter(scaled.astype(dtype), learnt)
    convolution.bias = Parameter(shift.astype(dtype), learnt)


def _wide(tensor: Tensor | None, absent: float = 0.0) -> Array | float:
    return absent if tensor is None else tensor.array.astype(np.float64)
