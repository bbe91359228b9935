"""What each position of a product means: a table that the kernels read instead of dividing.

positions (lattice, position, 4): where it is in the output (TO) and where its window begins in the
images (FROM, in words; may be before the first: that wraps, and so does the sum), and the rows and
columns of the filter that are outside the image there, as bits (OUTSIDE). A position too many, of
those that fill up the last tile, is in no output and all outside.
"""

from crosscheck.kernels.convolution.lookup import GEOMETRY, NOTHING, ORIGIN
from crosscheck.kernels.convolution.positions import geometry_of, outside_bits
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.unravel import unravel

TO, FROM, OUTSIDE, POSITION = 0, 1, 2, 4  # places in the words of a position


@kernel
def positions_kernel(positions, geometry, image, xs, ys, filled):
    """positions flat; image: n, h, w; xs: strides of the images (n, h, w), in words; ys: of the
    output (n, p, q); filled: positions of a lattice. A thread writes one position.
    """
    i = index(cuda.grid(1))
    if i < index(positions.shape[0]) // POSITION:
        lattice, position = unravel(i, filled)
        extent, window, stride, corner, dilation, _ = geometry_of(geometry, lattice)
        n, p, q = unravel(position, extent[0], extent[1])
        top, left = p * stride[0] - corner[0], q * stride[1] - corner[1]
        outside = outside_bits(n, top, left, image, window, dilation)
        to = n * ys[0] + p * ys[1] + q * ys[2] + index(geometry[lattice * GEOMETRY + ORIGIN])
        if n >= image[0]:
            to, outside = index(NOTHING), index(NOTHING)
        positions[i * POSITION + TO] = to
        positions[i * POSITION + FROM] = n * xs[0] + top * xs[1] + left * xs[2]
        positions[i * POSITION + OUTSIDE] = outside
        positions[i * POSITION + 3] = index(0)
