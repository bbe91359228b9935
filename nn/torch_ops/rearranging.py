"""Images whose elements are put elsewhere: channels and pixels, windows and matrices."""

import torch
from torch import Tensor

from crosscheck.kernels.convolution import fold as folding
from crosscheck.kernels.convolution import unfold as unfolding
from crosscheck.kernels.resize import pixel_shuffle as shuffling
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import Size, number, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

PIXEL_SHUFFLE = Operators(shuffling.PIXEL_SHUFFLE)
PIXEL_UNSHUFFLE = Operators(shuffling.PIXEL_UNSHUFFLE)
UNFOLD = Operators(unfolding.UNFOLD)
FOLD = Operators(folding.FOLD)


# All of these are linear: the gradient's gradient is the forward pass again.
@PIXEL_SHUFFLE.derivative("input_gradient")
def _shuffled(v, upscale_factor):
    return {"grad_output": lambda: PIXEL_SHUFFLE.forward(v, upscale_factor)}


@PIXEL_UNSHUFFLE.derivative("input_gradient")
def _unshuffled(v, downscale_factor):
    return {"grad_output": lambda: PIXEL_UNSHUFFLE.forward(v, downscale_factor)}


@UNFOLD.derivative("input_gradient")
def _unfolded(v, kernel_size, dilation, padding, stride):
    return {"grad_output": lambda: UNFOLD.forward(v, kernel_size, dilation, padding, stride)}


@FOLD.derivative("input_gradient")
def _folded(v, grad_output_size, kernel_size, dilation, padding, stride):
    how = grad_output_size[-2:], kernel_size, dilation, padding, stride
    return {"grad_output": lambda: FOLD.forward(v, *how)}


@public
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """`torch.nn.functional.pixel_shuffle` for floating dtypes."""
    factor = number("pixel_shuffle", "upscale_factor", upscale_factor)
    return PIXEL_SHUFFLE.forward(input, factor)


@public
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """`torch.nn.functional.pixel_unshuffle` for floating dtypes."""
    factor = number("pixel_unshuffle", "downscale_factor", downscale_factor)
    return PIXEL_UNSHUFFLE.forward(input, factor)


@public
def unfold(
    input: Tensor,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Tensor:
    """`torch.nn.functional.unfold` for floating dtypes."""
    geometry = dict(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)
    return UNFOLD.forward(input, *(numbers("unfold", *each) for each in geometry.items()))


@public
def fold(
    input: Tensor,
    output_size: Size,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Tensor:
    """`torch.nn.functional.fold` for floating dtypes."""
    geometry = dict(output_size=output_size, kernel_size=kernel_size, dilation=dilation)
    geometry |= dict(padding=padding, stride=stride)
    return FOLD.forward(input, *(numbers("fold", *each) for each in geometry.items()))


@public
class PixelShuffle(torch.nn.PixelShuffle):
    """`torch.nn.PixelShuffle`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, pixel_shuffle, input=input, upscale_factor=self.upscale_factor)


@public
class PixelUnshuffle(torch.nn.PixelUnshuffle):
    """`torch.nn.PixelUnshuffle`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, pixel_unshuffle, input=input, downscale_factor=self.downscale_factor)


@public
class Unfold(torch.nn.Unfold):
    """`torch.nn.Unfold`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            unfold,
            input=input,
            kernel_size=self.kernel_size,
            dilation=self.dilation,
            padding=self.padding,
            stride=self.stride,
        )


@public
class Fold(torch.nn.Fold):
    """`torch.nn.Fold`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            fold,
            input=input,
            output_size=self.output_size,
            kernel_size=self.kernel_size,
            dilation=self.dilation,
            padding=self.padding,
            stride=self.stride,
        )
