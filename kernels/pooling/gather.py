"""The input gradient of an average, gathered: first quotients, then nothing but additions.

    quotients[., p, q, .] = dy[., p, q, .] / size(p, q)
    dx[., h, w, .]        = sum of quotients[., p, q, .] over the windows (p, q) around (h, w)

Images and channels_last alike: (outer, h, w, inner), inner being 1 or the channels. Threads: one
for the same place of PLANES images, or planes: it looks for its windows once for all of them, and
as many loads are under way. Neighbours in a warp have neighbouring places. Each sum is in the order
of the windows: the bits of `direct`, which divides anew for every pixel that a window has.

Bytes an input pixel: 4 for dx, and 16 for each output in place of 4 (dy, and its quotient written
and read), which at a stride of 2 are a quarter as many.
"""

from functools import cache
from typing import Any, NamedTuple

from crosscheck.kernels.arrays import Array, namespace, workspace
from crosscheck.kernels.launch import DeviceFunction, cuda, index, kernel, real
from crosscheck.kernels.unravel import unravel

PLANES = 8


class Average(NamedTuple):
    """Windows of an average; how: whatever more arguments they have.

    around(h, w, (H, W), (P, Q), how)   -> (p_begin, p_end, q_begin, q_end): the windows around
    size(p, q, (H, W), (P, Q), how)     -> what the sum over window (p, q) is divided by
    """

    name: str
    around: DeviceFunction
    size: DeviceFunction


@cache
def build(average: Average) -> tuple[Any, Any]:
    """Return the two kernels."""
    _, around, size = average

    @kernel
    def quotient_kernel(dy, quotients, outer, inner, image, windows, how):
        """dy, quotients: rows of (outer, p, q, inner)."""
        P, Q = windows
        group, p, q, i = unravel(index(cuda.grid(1)), P, Q, inner)
        first = group * PLANES
        if first < outer:
            by = size(p, q, image, windows, how)
            at = ((first * P + p) * Q + q) * inner + i
            for _ in range(first, min(first + PLANES, outer)):
                quotients[at] = dy[at] / by
                at += P * Q * inner

    @kernel
    def gather_kernel(quotients, dx, outer, inner, image, windows, how):
        """quotients: row of (outer, p, q, inner); dx: row of (outer, h, w, inner)."""
        totals = cuda.local.array(PLANES, real)
        H, W = image
        P, Q = windows
        group, h, w, i = unravel(index(cuda.grid(1)), H, W, inner)
        first = group * PLANES
        if first < outer:
            p_begin, p_end, q_begin, q_end = around(h, w, image, windows, how)
            to = ((first * H + h) * W + w) * inner + i
            if first + PLANES <= outer:
                for k in range(PLANES):
                    totals[k] = real(0)
                for p in range(p_begin, p_end):
                    for q in range(q_begin, q_end):
                        at = ((first * P + p) * Q + q) * inner + i
                        for k in range(PLANES):
                            totals[k] += quotients[at]
                            at += P * Q * inner
                for k in range(PLANES):
                    dx[to] = totals[k]
                    to += H * W * inner
            else:  # in the last group only
                for plane in range(first, outer):
                    total = real(0)
                    for p in range(p_begin, p_end):
                        row = (plane * P + p) * Q
                        for q in range(q_begin, q_end):
                            total += quotients[(row + q) * inner + i]
                    dx[to] = total
                    to += H * W * inner

    quotient_kernel.rename(f"{average.name}_quotient_kernel")
    gather_kernel.rename(f"{average.name}_gather_kernel")
    return quotient_kernel, gather_kernel


def gradient(average: Average, how: tuple, dy: Array, dx: Array) -> bool:
    """Compute dx, if it is dense, images or channels_last; return whether it was."""
    n, c, h, w = dx.shape
    axes, outer, inner = (0, 1, 2, 3), n * c, 1
    if not dx.flags.c_contiguous:
        axes, outer, inner = (0, 2, 3, 1), n, c
    out = dx.transpose(axes)
    if not out.flags.c_contiguous:
        return False
    row = namespace(dy).ascontiguousarray(dy.transpose(axes)).reshape(-1)
    quotients = workspace(row.shape, dy)
    divide, gather = build(average)
    groups = -(-outer // PLANES) * inner
    sizes = outer, inner, (h, w), dy.shape[2:]
    divide.forall(groups * dy.shape[2] * dy.shape[3])(row, quotients, *sizes, how)
    gather.forall(groups * h * w)(quotients, out.reshape(-1), *sizes, how)
    return True
