"""Padding with the image's own elements, for convolutions."""

from collections.abc import Sequence

from crosscheck.kernels import padding
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


def pad_image(input: Tensor, pad: Sequence[int], mode: str) -> Tensor:
    """`torch.nn.functional.pad` of images by (left, right, top, bottom), in the modes of MODES."""
    x = array_of("pad", "input", input)
    size = x.shape
    return record(
        "pad",
        padding.forward(x, pad, mode),
        (input, lambda dy: padding.input_gradient(dy, size, pad, mode)),
    )
