"""Images whose elements are put elsewhere: channels and pixels, windows and matrices."""

from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class PixelShuffle(Module):
    """`torch.nn.PixelShuffle`: channels become pixels."""

    def __init__(self, upscale_factor: int):
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


@public
class PixelUnshuffle(Module):
    """`torch.nn.PixelUnshuffle`: pixels become channels."""

    def __init__(self, downscale_factor: int):
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


@public
class Unfold(Module):
    """`torch.nn.Unfold`: images become the matrix of their windows."""

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1):
        super().__init__()
        self.kernel_size, self.dilation = kernel_size, dilation
        self.padding, self.stride = padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        text = f"kernel_size={self.kernel_size}, dilation={self.dilation}"
        return text + f", padding={self.padding}, stride={self.stride}"


@public
class Fold(Module):
    """`torch.nn.Fold`: a matrix of windows becomes images again, added where they overlap."""

    def __init__(
        self,
        output_size: Size,
        kernel_size: Size,
        dilation: Size = 1,
        padding: Size = 0,
        stride: Size = 1,
    ):
        super().__init__()
        self.output_size, self.kernel_size = output_size, kernel_size
        self.dilation, self.padding, self.stride = dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        geometry = self.kernel_size, self.dilation, self.padding, self.stride
        return F.fold(input, self.output_size, *geometry)

    def extra_repr(self) -> str:
        text = f"output_size={self.output_size}, kernel_size={self.kernel_size}"
        return text + f", dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
