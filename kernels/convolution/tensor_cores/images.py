"""Images brought to NHWC, with each group's channels filled up to whole quads.

Tensor cores read a position's channels, 16 bytes at a time. Images in NCHW, those of a group
without so many channels, as RGB, and any other strides are written anew, which costs the bytes of
reading and writing each image once.

A block moves 32 positions of 32 channels through shared memory: it reads neighbours of an image's
row and writes neighbours in its channels, and a row of 33 words keeps both in all banks.
"""

from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import unravel

SIDE, ROWS = 32, 8  # a block is SIDE x ROWS threads
PADDED = SIDE + 1


@kernel
def images_kernel(x, out, channels, filled, sizes, counts, xs):
    """x flat; out (n, h, w, group, filled channels) flat; channels, filled: of a group; sizes: h, w
    of the images, positions n h w, channels of out; counts: tiles along the positions; xs: strides
    of x (n, c, h, w).
    """
    tile = cuda.shared.array((SIDE, PADDED), real)
    H, W, positions, C = sizes
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)
    channel_tile, position_tile = unravel(index(cuda.blockIdx.x), counts)
    n, h, w = unravel(position_tile * SIDE + tx, H, W)
    for i in range(SIDE // ROWS):
        row = ty + index(ROWS * i)
        group, channel = unravel(channel_tile * SIDE + row, filled)
        value = real(0)
        if position_tile * SIDE + tx < positions and channel_tile * SIDE + row < C:
            if channel < channels:
                at = n * xs[0] + (group * channels + channel) * xs[1] + h * xs[2] + w * xs[3]
                value = x[at]
        tile[row, tx] = value
    cuda.syncthreads()  # all channels of these positions are there
    for i in range(SIDE // ROWS):
        row = ty + index(ROWS * i)
        position, channel = position_tile * SIDE + row, channel_tile * SIDE + tx
        if position < positions and channel < C:
            out[position * C + channel] = tile[tx, row]
