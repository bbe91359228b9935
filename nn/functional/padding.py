"""Padding: with a number on any dimensions, with the image's own elements on its last two."""

from collections.abc import Sequence

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.elementwise.clone import copy
from crosscheck.kernels.padding import PAD
from crosscheck.nn.amp.casting import cast
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.parts import part
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record
from crosscheck.nn.views import squeeze, unsqueeze


@public
def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """Pad by (before, after) the last dimension, then the last but one, and so on.

    mode "constant" pads with `value`, 0 if it is None, and cuts off where a number is negative.
    "reflect", "replicate" and "circular" pad images (n, c, h, w) or (c, h, w) by 4 numbers, and
    signals (n, c, w) or (c, w) by 2. Raises ValueError or TypeError.
    """
    x = array_of("pad", "input", input)
    if mode != "constant":
        if len(pad) == 2 and x.ndim in (2, 3):
            return squeeze(pad_image(unsqueeze(input, -2), (*pad, 0, 0), mode), -2)
        return pad_image(input, pad, mode)
    widths = [integer("pad", "pad", each) for each in pad]
    if len(widths) % 2 or len(widths) > 2 * x.ndim:
        reject("pad", "pad", tuple(pad), f"at most {x.ndim} pairs of integers")
    pairs = [(0, 0)] * (x.ndim - len(widths) // 2)
    pairs += list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    size = [n + before + after for n, (before, after) in zip(x.shape, pairs, strict=True)]
    if min(size, default=0) < 0:
        reject("pad", "pad", tuple(pad), f"numbers that leave something of {tuple(x.shape)}")
    if min(widths, default=0) < 0:  # cut off first
        ends = zip(x.shape, pairs, strict=True)
        key = tuple(slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in ends)
        input = part("pad", input, key)
    starts = [max(before, 0) for before, _ in pairs]
    inner = tuple(slice(at, at + n) for at, n in zip(starts, input.shape, strict=True))
    y = namespace(x).full(size, 0 if value is None else value, x.dtype)
    copy(input.array, y[(*inner, ...)])
    return record("pad", y, (input, lambda dy: dy[(*inner, ...)]))


def pad_image(input: Tensor, pad: Sequence[int], mode: str) -> Tensor:
    """`pad` of images by (left, right, top, bottom), in the modes of MODES."""
    input = cast(f"pad {mode}", dict(input=input))["input"]
    return apply(PAD, dict(input=input), dict(pad=pad, mode=mode))[0]
