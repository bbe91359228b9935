"""The three transforms of Winograd's F(2 x 2, 3 x 3), and the weights' own kernel.

    y = A' [ (G w G') . (B' x B) ] A        . multiplies element by element, ' transposes

            1  0 -1  0          1    0    0
       B' = 0  1  1  0      G = 1/2  1/2  1/2      A' = 1  1  1  0
            0 -1  1  0          1/2 -1/2  1/2           0  1 -1 -1
            0  1  0 -1          0    0    1

A patch x of 4 x 4 pixels and a filter w of 3 x 3 taps give y, 2 x 2 outputs, by 16 products;
without transforms they take 36. (Lavin and Gray, "Fast Algorithms for Convolutional Neural
Networks", 2016.)

All but halves are 1 and -1, so a transform adds and subtracts. Halving is exact, short of a
subnormal. Each two-dimensional transform is the one-dimensional one along the columns, then along
the rows, of a square that a thread has in registers.
"""

from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.unravel import unravel

SIDE = 4  # of a transformed patch or filter
FREQUENCIES = SIDE * SIDE  # its elements; each has a matrix product of its own
OUTPUTS = 2  # the side of what a patch gives
TAPS = 3


@device_function
def transform_images(d):
    """d (16), a patch of 4 x 4 pixels, becomes B' d B."""
    # Written out: where the compiler keeps a loop, d moves from registers to local memory.
    _images_along(d, 0, 4)
    _images_along(d, 1, 4)
    _images_along(d, 2, 4)
    _images_along(d, 3, 4)
    _images_along(d, 0, 1)
    _images_along(d, 4, 1)
    _images_along(d, 8, 1)
    _images_along(d, 12, 1)


@device_function
def _images_along(d, at, step):
    first, second, third, fourth = d[at], d[at + step], d[at + 2 * step], d[at + 3 * step]
    d[at] = first - third
    d[at + step] = second + third
    d[at + 2 * step] = third - second
    d[at + 3 * step] = second - fourth


@device_function
def transform_weights(u):
    """u (16) has 3 x 3 taps in its first 3 rows and columns; it becomes G u G'."""
    _weights_along(u, 0, 4)
    _weights_along(u, 1, 4)
    _weights_along(u, 2, 4)
    _weights_along(u, 0, 1)
    _weights_along(u, 4, 1)
    _weights_along(u, 8, 1)
    _weights_along(u, 12, 1)


@device_function
def _weights_along(u, at, step):
    first, middle, last = u[at], u[at + step], u[at + 2 * step]
    half = real(0.5)
    u[at + step] = (first + last + middle) * half
    u[at + 2 * step] = (first + last - middle) * half
    u[at + 3 * step] = last


@device_function
def transform_outputs(m):
    """m (16) becomes A' m A, 2 x 2 outputs at 0, 1, 4 and 5."""
    _outputs_along(m, 0, 4)
    _outputs_along(m, 1, 4)
    _outputs_along(m, 2, 4)
    _outputs_along(m, 3, 4)
    _outputs_along(m, 0, 1)
    _outputs_along(m, 4, 1)


@device_function
def _outputs_along(m, at, step):
    both, differ = m[at + step] + m[at + 2 * step], m[at + step] - m[at + 2 * step]
    m[at] = m[at] + both
    m[at + step] = differ - m[at + 3 * step]


@kernel
def prepare_kernel(w, weights, strides, turned, counts):
    """w, weights flat; strides: of w (group, column, channel, r, s); turned: by half a turn, as the
    input gradient wants its filters.

    A thread transforms the filter of one column and channel and writes it to weights (group, block,
    channel, frequency, column of the block); zeros fill blocks up. counts: groups, columns and
    channels of a group, blocks, channels with what fills up, columns of a block.
    """
    groups, columns, channels, blocks, filled, N = counts
    u = cuda.local.array(FREQUENCIES, real)
    group, block, channel, column = unravel(index(cuda.grid(1)), blocks, filled, N)
    k = block * N + column
    if group < groups:
        for j in range(FREQUENCIES):
            u[j] = real(0)
        if k < columns and channel < channels:
            at = group * strides[0] + k * strides[1] + channel * strides[2]
            for r in range(TAPS):
                for s in range(TAPS):
                    row, tap = (TAPS - 1 - r, TAPS - 1 - s) if turned else (r, s)
                    u[SIDE * r + s] = w[at + strides[3] * index(row) + strides[4] * index(tap)]
        transform_weights(u)
        to = ((group * blocks + block) * filled + channel) * FREQUENCIES
        for j in range(FREQUENCIES):
            weights[(to + index(j)) * N + column] = u[j]
