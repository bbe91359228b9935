"""Max unpooling."""

from collections.abc import Sequence

import torch
from torch import Tensor

from crosscheck.kernels.pooling import max_unpool2d as kernels
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import Size, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

MAX_UNPOOL2D = Operators(kernels.MAX_UNPOOL2D)


# dx[i] is dy at the index of i, so the gradient for dy adds up the ddx of all with that index.
@MAX_UNPOOL2D.derivative("input_gradient")
def _scattered(v, indices, grad_output_size):
    planes = v.new_zeros(grad_output_size).flatten(-2)
    places, values = indices.flatten(-2), v.flatten(-2)
    return {"grad_output": lambda: planes.scatter_add(-1, places, values).view(grad_output_size)}


@public
def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """`torch.nn.functional.max_unpool2d` for floating dtypes.

    Of several elements with one index the last stays.
    """
    op = "max_unpool2d"
    window, pads = numbers(op, "kernel_size", kernel_size), numbers(op, "padding", padding)
    strides = None if stride is None else numbers(op, "stride", stride)
    size = kernels.resolve(input.shape, window, strides, pads, output_size)
    return MAX_UNPOOL2D.forward(input, indices, size)


@public
class MaxUnpool2d(torch.nn.MaxUnpool2d):
    """`torch.nn.MaxUnpool2d`."""

    def forward(
        self, input: Tensor, indices: Tensor, output_size: list[int] | None = None
    ) -> Tensor:
        return compute(
            self,
            max_unpool2d,
            integers={"indices": (torch.int64,)},
            input=input,
            indices=indices,
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            output_size=output_size,
        )
