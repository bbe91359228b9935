"""Power-average pooling."""

from math import copysign, isinf

import torch
from torch import Tensor

from crosscheck.kernels.elementwise.unary import number
from crosscheck.kernels.pooling import lp_pool2d as kernels
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import Size, flag, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators
from crosscheck.nn.torch_ops.pooling import AVG_POOL2D, MAX_POOL2D

LP_POOL2D = Operators(kernels.LP_POOL2D)


# With m the mean of x^e over a window, y = s(m) = (r s m)^(1 / e) and f = e x^(e - 1),
#     dx = f spread(dy s'(m)),
# where spread, the gradient of the mean, is its transpose: <v, dx> = sum of dy s'(m) mean(v f). Its
# gradient for dy is s'(m) mean(v f); x is in f and in m, and so has two terms. s' is 0 at 0.
@LP_POOL2D.derivative("input_gradient")
def _differentiated(v, grad_output, input, norm_type, kernel_size, stride, ceil_mode):
    if isinf(norm_type):
        return _of_extremes(v, input, norm_type, kernel_size, stride, ceil_mode)
    how = kernel_size, stride, [0], ceil_mode, True, None
    taps, root = kernel_size[0] * kernel_size[-1], 1.0 / norm_type
    mean = AVG_POOL2D.forward(input.pow(norm_type), *how)
    factor = norm_type * input.pow(norm_type - 1)
    inner = AVG_POOL2D.forward(v * factor, *how)

    def slope(order: int) -> Tensor:
        """Return s' or, of order 2, s''."""
        scale = taps * root if order == 1 else taps**2 * root * (root - 1)
        return torch.where(mean != 0, scale * (taps * mean).pow(root - order), 0.0)

    def of_input() -> Tensor:
        by_factor = AVG_POOL2D.input_gradient(grad_output * slope(1), input.shape, *how)
        by_mean = AVG_POOL2D.input_gradient(grad_output * slope(2) * inner, input.shape, *how)
        bend = norm_type * (norm_type - 1) * input.pow(norm_type - 2)
        return v * bend * by_factor + factor * by_mean

    return {"grad_output": lambda: slope(1) * inner, "input": of_input}


def _of_extremes(v, input, norm_type, kernel_size, stride, ceil_mode):
    """The gradient of a window is that of one |x|, which is linear on either side of 0."""
    sizes = copysign(1.0, norm_type) * input.abs()
    indices = MAX_POOL2D.forward(sizes, kernel_size, stride, [0], [1], ceil_mode)[1]

    def of_grad_output():
        winners = (v * input.sign()).flatten(-2).gather(-1, indices.flatten(-2))
        return winners.view(indices.shape)

    return {"grad_output": of_grad_output}


@public
def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """`torch.nn.functional.lp_pool2d` for floating dtypes."""
    op = "lp_pool2d"
    norm, window = number(op, "norm_type", norm_type), numbers(op, "kernel_size", kernel_size)
    strides = [] if stride is None else numbers(op, "stride", stride)  # empty: the kernel's size
    return LP_POOL2D.forward(input, norm, window, strides, flag(op, "ceil_mode", ceil_mode))


@public
class LPPool2d(torch.nn.LPPool2d):
    """`torch.nn.LPPool2d`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            lp_pool2d,
            input=input,
            norm_type=float(self.norm_type),
            kernel_size=self.kernel_size,
            stride=self.stride,
            ceil_mode=self.ceil_mode,
        )
