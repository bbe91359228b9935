"""The input gradient of tiled.py, dX[c, nhw] = W^T[c, krs] dY[krs, nhw]: the patches are dY.

They are zero where no output used the pixel, so a stride of 2 spends three products in four on
zeros. Where the weight of such a product is infinite or NaN, dX is NaN, which in direct.py and
PyTorch it is not (docs/special-values.md).
"""

from crosscheck.kernels.exact_division import quotient
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.loops import repeat
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.unravel import advance, extents, unravel


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, c, r, s] where h = p * stride - padding + r * dilation
# and w likewise; so dx gathers dy[n, k, p, q] * w[k, c, r, s] from every (r, s) for which the
# stride divides h + padding - r * dilation into a p inside the output.
@device_function
def gradient(w, dy, size, stride, reciprocals, corner, dilation, filters, tiles):
    """Return (whether it exists, n, c, h, v, dx[n, c, h, v]) of this thread; size: that of dx."""
    weights = cuda.shared.array((TILE, TILE), real, alignment=16)
    patches = cuda.shared.array((TILE, TILE), real, alignment=16)
    C, R, S = extents(w)[1:]
    P, Q = extents(dy)[2:]
    N, _, H, W = size
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)

    # Blocks that share a piece of the images come one after the other: they find it in the cache.
    group, column_tile, row_tile = unravel(index(cuda.blockIdx.x), tiles[1], tiles[0])
    c = row_tile * TILE + ty
    column = column_tile * TILE + tx
    n, h, v = unravel(column, H, W)
    first = group * filters  # the group's first filter
    bottom = h + corner[0]
    right = v + corner[1]

    step = unravel(index(TILE), R, S)
    weight_at = unravel(tx, R, S)
    gradient_at = unravel(ty, R, S)
    acc = real(0)
    for _ in repeat(tiles[2]):
        k, r, s = weight_at
        weight = real(0)
        if c < C and k < filters:
            weight = w[first + k, c, r, s]
        weights[ty, tx] = weight

        k, r, s = gradient_at
        below = bottom - r * dilation[0]
        beside = right - s * dilation[1]
        p = quotient(below, reciprocals[0])
        q = quotient(beside, reciprocals[1])
        divides = p * stride[0] == below and q * stride[1] == beside
        gradient = real(0)
        if n < N and k < filters and p < P and q < Q and divides:
            gradient = dy[n, first + k, p, q]
        patches[ty, tx] = gradient
        cuda.syncthreads()  # both tiles are complete before anyone reads them

        for i in range(TILE):
            acc += weights[ty, i] * patches[i, tx]
        cuda.syncthreads()  # everyone has read both tiles before the next step overwrites them
        weight_at = advance(weight_at, step, R, S)
        gradient_at = advance(gradient_at, step, R, S)
    return c < C and n < N, n, group * C + c, h, v, acc


@kernel
def input_gradient_kernel(w, dy, dx, stride, reciprocals, corner, dilation, filters, tiles):
    """w (k, c, r, s), dy (n, k, p, q), dx (n, c, h, w).

    filters is k of one group; tiles counts them along (c, nhw, krs) of one group.
    """
    geometry = stride, reciprocals, corner, dilation
    exists, n, c, h, v, value = gradient(w, dy, extents(dx), *geometry, filters, tiles)
    if exists:
        dx[n, c, h, v] = value


@kernel
def transposed_kernel(w, x, bias, y, stride, reciprocals, corner, dilation, filters, tiles):
    """The same with a bias (c), which conv_transpose2d has: y of x, where that has dx of dy."""
    geometry = stride, reciprocals, corner, dilation
    exists, n, c, h, v, value = gradient(w, x, extents(y), *geometry, filters, tiles)
    if exists:
        y[n, c, h, v] = value + bias[c]
