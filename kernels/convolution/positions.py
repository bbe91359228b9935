"""Where a position of an implicit GEMM is: what a block looks up, and what is outside the image."""

from crosscheck.kernels.convolution.lookup import GEOMETRY, PAST_THE_END, TILES
from crosscheck.kernels.launch import device_function, index
from crosscheck.kernels.unravel import unravel


@device_function
def geometry_of(geometry, lattice):
    """Return what a block reads once of its lattice: five pairs and the number of tiles."""
    at = lattice * GEOMETRY
    extent = index(geometry[at]), index(geometry[at + 1])
    window = index(geometry[at + 2]), index(geometry[at + 3])
    stride = index(geometry[at + 4]), index(geometry[at + 5])
    corner = index(geometry[at + 6]), index(geometry[at + 7])
    dilation = index(geometry[at + 8]), index(geometry[at + 9])
    return extent, window, stride, corner, dilation, index(geometry[at + TILES])


@device_function
def outside_bits(n, top, left, image, window, dilation):
    """Return the rows and columns of a filter at (top, left) that are outside the image, as bits.

    Bit r: row r; bit R + s: column s; PAST_THE_END always. Above the image wraps to below it.
    """
    outside = index(1) << PAST_THE_END
    for r in range(window[0]):
        if n >= image[0] or top + r * dilation[0] >= image[1]:
            outside |= index(1) << r
    for s in range(window[1]):
        if left + s * dilation[1] >= image[2]:
            outside |= index(1) << (window[0] + s)
    return outside


@device_function
def in_windows(position, P, Q):
    """Return (n, p, q) of a position where four in a row are the 2 x 2 of a window of pooling; P
    and Q count windows.
    """
    n, p, q = unravel(position // 4, P, Q)
    return n, 2 * p + position // 2 % 2, 2 * q + position % 2


@device_function
def following(n, p, q, P, Q):
    """Return the next position: two compares where a division takes forty instructions."""
    q += 1
    if q == Q:
        q = index(0)
        p += 1
    if p == P:
        p = index(0)
        n += 1
    return n, p, q
