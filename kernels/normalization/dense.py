"""Activations (n, c, l) that are one row of memory, images first or channels last.

Both are (outer, channel, inner) in row-major order: (n, c, l) with the pixels innermost, and
(n * l, c, 1) with the channels innermost. So one kernel serves both where it only has to know which
channel an element is of.
"""

from typing import NamedTuple

from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.launch import cuda, device_function, index
from crosscheck.kernels.unravel import unravel


class Dense(NamedTuple):
    """`rows` are the arrays, each as one row of memory."""

    rows: list[Array]
    outer: int
    channels: int
    inner: int

    @property
    def vector(self) -> int:
        """How many neighbours are of one channel, or of one pixel, wherever they begin: 4 or 1."""
        extent = self.channels if self.inner == 1 else self.inner
        return 1 if extent % 4 else 4

    @property
    def in_quads(self) -> bool:
        """Whether the elements at the same place of all images begin on a quad."""
        return self.channels * self.inner % 4 == 0

    @property
    def threads(self) -> int:
        """How many of `place_of_thread` there are."""
        return -(-self.outer // UNROLLED) * (self.channels * self.inner // 4)


def dense(*arrays: Array) -> Dense | None:
    """Return arrays (n, c, l) of one shape as rows; None where they are not all such rows.

    Nor are they where one does not begin on 16 bytes.
    """
    n, c, l = arrays[0].shape  # noqa: E741
    if not all(begins_on_quad(each) for each in arrays):
        return None
    for axes, outer, inner in (((0, 1, 2), n, l), ((0, 2, 1), n * l, 1)):
        turned = [each.transpose(axes) for each in arrays]
        if all(each.flags.c_contiguous for each in turned):
            return Dense([each.reshape(-1) for each in turned], outer, c, inner)
    return None


UNROLLED = 4  # quads of a thread


@device_function
def place_of_thread(channels, inner):
    """Return (first, at, c, l): the thread has quads at `at`, and UNROLLED - 1 of them in the next
    images (pixels, where inner is 1) after `first`, all of the same channels: c at l is the first.

    So it divides, and looks its channels up, once for 16 elements.
    """
    period = channels * inner
    group, quad = unravel(index(cuda.grid(1)), period // 4)
    first, begin = group * UNROLLED, quad * 4
    c = begin // inner
    return first, first * period + begin, c, begin - c * inner


@device_function
def next_channel(c, l, inner):  # noqa: E741
    """Return (channel, place along inner) of the element behind that of channel c at l.

    Within a quad: a thread's quad ends where an image does, at the latest.
    """
    l += 1  # noqa: E741
    if l == inner:
        l -= inner  # noqa: E741
        c += 1
    return c, l
