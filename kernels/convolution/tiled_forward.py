"""The forward kernel of tiled.py, Y[k, npq] = W[k, crs] X[crs, npq]: the patches are X."""

from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.loops import repeat
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.unravel import advance, extents, unravel


@kernel
def forward_kernel(x, w, bias, floor, y, stride, corner, dilation, filters, tiles):
    """x (n, c, h, w), w (k, c, r, s), bias (k) or (0), y (n, k, p, q).

    filters is k of one group; tiles counts them along (k, npq, crs) of one group.
    """
    weights = cuda.shared.array((TILE, TILE), real, alignment=16)
    patches = cuda.shared.array((TILE, TILE), real, alignment=16)
    N, _, H, W = extents(x)
    C, R, S = extents(w)[1:]
    P, Q = extents(y)[2:]
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)

    # Blocks that share a piece of the images come one after the other: they find it in the cache.
    group, column_tile, row_tile = unravel(index(cuda.blockIdx.x), tiles[1], tiles[0])
    row = row_tile * TILE + ty
    k = group * filters + row
    column = column_tile * TILE + tx
    n, p, q = unravel(column, P, Q)
    first = group * C  # the group's first channel in x
    top = p * stride[0] - corner[0]
    left = q * stride[1] - corner[1]

    step = unravel(index(TILE), R, S)
    weight_at = unravel(tx, R, S)
    image_at = unravel(ty, R, S)
    acc = real(0)
    for _ in repeat(tiles[2]):
        c, r, s = weight_at
        weight = real(0)
        if row < filters and c < C:
            weight = w[k, c, r, s]
        weights[ty, tx] = weight

        c, r, s = image_at
        h = top + r * dilation[0]
        v = left + s * dilation[1]
        pixel = real(0)
        if n < N and c < C and h < H and v < W:  # wrapped below zero is above H and W as well
            pixel = x[n, first + c, h, v]
        patches[ty, tx] = pixel
        cuda.syncthreads()  # both tiles are complete before anyone reads them

        for i in range(TILE):
            acc += weights[ty, i] * patches[i, tx]
        cuda.syncthreads()  # everyone has read both tiles before the next step overwrites them
        weight_at = advance(weight_at, step, R, S)
        image_at = advance(image_at, step, R, S)

    if row < filters and n < N:
        if bias.shape[0] != 0:
            acc += bias[k]
        y[n, k, p, q] = at_least(acc, floor)
