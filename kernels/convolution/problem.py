"""The shape of one convolution and every check on its arguments, following PyTorch 2.x.

A `Problem` exists only for arguments that PyTorch takes, so the kernels never meet a bad one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels.arguments import integer, pair, rank, reject

MAXIMUM = 2**63 - 1  # PyTorch's numbers are 64-bit


@dataclass(frozen=True)
class Problem:
    """A checked convolution in cuDNN's letters: n c h w in, k p q out, r s filter.

    `padding` is (top, bottom, left, right). `batched` is False for a c h w input, which counts as
    n = 1.

    What a forward convolution does with its outputs before it stores them: `relu` replaces those
    below 0 by 0; `pooled` leaves the largest of each 2 x 2 (the last row and column of an odd p and
    q have none).
    """

    n: int
    c: int
    h: int
    w: int
    k: int
    r: int
    s: int
    p: int
    q: int
    stride: tuple[int, int]
    padding: tuple[int, int, int, int]
    dilation: tuple[int, int]
    groups: int
    batched: bool
    relu: bool = False
    pooled: bool = False

    @property
    def channels(self) -> int:
        """Input channels of one group."""
        return self.c // self.groups

    @property
    def filters(self) -> int:
        """Output channels of one group."""
        return self.k // self.groups

    @property
    def corner(self) -> tuple[int, int]:
        """(top, left) padding: where the filter starts. The other two only decide p and q."""
        return self.padding[0], self.padding[2]

    @property
    def is_product(self) -> bool:
        """Whether every output sums over the channels of the pixel at its own position."""
        one, none = (1, 1), (0, 0, 0, 0)
        return (self.r, self.s) == self.stride == one and self.padding == none

    @property
    def images(self) -> tuple[int, ...]:
        """The size of the input as a batch."""
        return self.n, self.c, self.h, self.w

    @property
    def outputs(self) -> tuple[int, ...]:
        """The size of the output as a batch: without channels where the input has none."""
        rows, columns = self.stored
        return self.n, self.k if self.c else 0, rows, columns

    @property
    def floor(self) -> float:
        """What outputs below it become: see `at_least`."""
        return 0.0 if self.relu else -math.inf

    @property
    def stored(self) -> tuple[int, int]:
        """The rows and columns of the output."""
        return (self.p // 2, self.q // 2) if self.pooled else (self.p, self.q)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The size of the output."""
        return self.outputs if self.batched else self.outputs[1:]


def create(
    op: str,
    images: tuple[str, Sequence[int]],
    weights: tuple[str, Sequence[int]],
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
) -> Problem:
    """Return the checked problem; `images` and `weights` are (the argument's name, its size).

    Raises ValueError or TypeError where PyTorch rejects the arguments.
    """
    images_name, image_size = images
    weights_name, weight_size = weights
    rank(op, images_name, image_size, (3, 4))
    rank(op, weights_name, weight_size, (4,))
    strides = whole_pair(op, "stride", stride, 1)
    dilations = whole_pair(op, "dilation", dilation, 1)
    groups = integer(op, "groups", groups, 1)

    k, channels, *window = weight_size
    taps = 1 if channels else 0  # without channels PyTorch asks for no taps either
    for axis, minimum in ((0, groups), (2, taps), (3, taps)):
        if weight_size[axis] < minimum:
            reject(op, weights_name, tuple(weight_size), f"at least {minimum} in dimension {axis}")
    if k % groups:
        expected = f"a first dimension that divides into groups={groups}"
        reject(op, weights_name, tuple(weight_size), expected)

    batched = len(image_size) == 4
    n, c, h, w = image_size if batched else (1, *image_size)
    if c != channels * groups:
        expected = f"{channels * groups} channels, {channels} of {weights_name} x groups={groups}"
        reject(op, images_name, tuple(image_size), expected)
    if n and c and not (h and w):
        expected = "rows and columns, unless the batch or the channels are empty"
        reject(op, images_name, tuple(image_size), expected)

    extents = [d * (size - 1) + 1 for d, size in zip(dilations, window, strict=True)]
    sides = _sides(op, padding, extents, strides)
    padded = h + sides[0] + sides[1], w + sides[2] + sides[3]
    if padded[0] < extents[0] or padded[1] < extents[1]:
        expected = (
            f"at most {padded}, the padded input, after dilation; "
            f"it is {tuple(extents)} with dilation={dilations}"
        )
        reject(op, f"the filter of {weights_name}", tuple(window), expected)
    p, q = ((padded[i] - extents[i]) // strides[i] + 1 for i in range(2))
    return Problem(n, c, h, w, k, *window, p, q, strides, sides, dilations, groups, batched)


def whole_pair(op: str, name: str, value: Any, minimum: int) -> tuple[int, int]:
    """Return (vertical, horizontal), 64-bit integers of at least `minimum`.

    Raises TypeError or ValueError.
    """
    numbers = pair(op, name, value, minimum)
    if max(numbers) > MAXIMUM:
        reject(op, name, value, "64-bit integers")
    return numbers


def _sides(
    op: str, padding: Any, extents: Sequence[int], stride: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return (top, bottom, left, right). An odd total under 'same' pads more at the end."""
    if not isinstance(padding, str):
        vertical, horizontal = whole_pair(op, "padding", padding, 0)
        return vertical, vertical, horizontal, horizontal
    if padding == "valid":
        return 0, 0, 0, 0
    if padding != "same":
        reject(op, "padding", padding, "integers, 'valid' or 'same'")
    if stride != (1, 1):
        reject(op, "stride", stride, "(1, 1) with padding='same'")
    rows, columns = (extent - 1 for extent in extents)
    return rows // 2, rows - rows // 2, columns // 2, columns - columns // 2
