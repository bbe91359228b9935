"""Padding with the image's own elements, for convolutions."""

from collections.abc import Sequence

from crosscheck.kernels.padding import PAD
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.tensor import Tensor


def pad_image(input: Tensor, pad: Sequence[int], mode: str) -> Tensor:
    """`torch.nn.functional.pad` of images by (left, right, top, bottom), in the modes of MODES."""
    return apply(PAD, dict(input=input), dict(pad=pad, mode=mode))[0]
