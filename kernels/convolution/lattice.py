"""Forward and input gradient as one: forward convolutions, one for each lattice of the output.

Forward has one lattice, the whole output. An input gradient has one for the pixels h = first,
first + stride, ... of each `first` below the stride (and columns likewise):

    dx[c, h, w] = sum over k, r, s of w[k, c, r, s] * dy[k, p, q],  h = p * stride - pad + r * dil

The rows r that reach such pixels are every step-th, step = stride / gcd(stride, dilation). Going
back along them, p grows by dilation * step / stride from one to the next. So the gradient on a
lattice is a FORWARD convolution of dy, of stride 1, with those rows of the filter in reverse. A
stride of 2 makes four lattices, which share the products out: none has a zero for a factor that the
stride put in between. A lattice that no row reaches gets a sum without terms, 0.
"""

import math
from typing import NamedTuple


class Lattice(NamedTuple):
    """Along one axis: pixels first, first + spacing, ... of the output, `extent` of them.

    Pixel i sums over the rows `taps` of the filter; the t-th of them meets row
    i * stride - corner + t * dilation of the image.
    """

    first: int
    spacing: int
    extent: int
    taps: range
    stride: int
    corner: int
    dilation: int


def forward(extent: int, window: int, stride: int, corner: int, dilation: int) -> list[Lattice]:
    """Return the one lattice of a forward convolution along one axis."""
    return [Lattice(0, 1, extent, range(window), stride, corner, dilation)]


def gradient(size: int, window: int, stride: int, corner: int, dilation: int) -> list[Lattice]:
    """Return the lattices of an input gradient along one axis of `size` pixels."""
    step = stride // math.gcd(stride, dilation)
    found = []
    for first in range(min(stride, size)):
        reach = (r for r in range(window) if (first + corner - r * dilation) % stride == 0)
        taps = range(next(reach, window), window, step)[::-1]
        back = (taps[0] * dilation - first - corner) // stride if taps else 0  # a whole number
        extent = -(-(size - first) // stride)
        found.append(Lattice(first, stride, extent, taps, 1, back, dilation * step // stride))
    return found
