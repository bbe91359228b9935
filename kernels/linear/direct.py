"""Direct matrix product: one thread computes one element, summing in a register in order.

    c[i, j] = sum over l of a[i, l] * b[l, j]   (+ bias[j])

Neighbouring threads own neighbouring elements of a row of c, so they read one element of a
together. Any strides: a transposed matrix is a view. No shared memory and no barrier.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel


@kernel
def product_kernel(a, b, bias, c):
    """a (i, l), b (l, j), bias (j) or (0), c (i, j)."""
    rows, columns = extents(c)
    i, j = unravel(index(cuda.grid(1)), columns)
    if i < rows:
        acc = real(0)
        for n in range(index(a.shape[1])):
            acc += a[i, n] * b[n, j]
        if bias.shape[0] != 0:
            acc += bias[j]
        c[i, j] = acc


def product(a: Array, b: Array, bias: Array, c: Array) -> None:
    product_kernel.forall(c.size)(a, b, bias, c)
