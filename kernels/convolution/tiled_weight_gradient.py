"""The weight gradient of tiled.py, dW[k, crs] = dY[k, npq] X^T[npq, crs]: the patches are X^T.

Both tiles load along tx, an image row; `patches` therefore holds X^T turned over, and the sum reads
down its columns. A row of PADDED words puts the 16 words of a column into 16 different banks, where
TILE words would put them into two.
"""

from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.loops import repeat
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.unravel import advance, extents, unravel

PADDED = TILE + 1


# d y[n, k, p, q] / d w[k, c, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
@kernel
def weight_gradient_kernel(x, dy, dw, stride, corner, dilation, filters, tiles):
    """x (n, c, h, w), dy (n, k, p, q), dw (k, c, r, s).

    filters is k of one group; tiles counts them along (k, crs, npq) of one group.
    """
    gradients = cuda.shared.array((TILE, TILE), real, alignment=16)
    patches = cuda.shared.array((TILE, PADDED), real)
    N, _, H, W = extents(x)
    P, Q = extents(dy)[2:]
    C, R, S = extents(dw)[1:]
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)

    group, column_tile, row_tile = unravel(index(cuda.blockIdx.x), tiles[1], tiles[0])
    row = row_tile * TILE + ty
    k = group * filters + row
    column = column_tile * TILE
    load_c, r, s = unravel(column + ty, R, S)  # the column this thread gathers
    channel = group * C + load_c
    top = r * dilation[0] - corner[0]
    left = s * dilation[1] - corner[1]

    step = unravel(index(TILE), P, Q)
    at = unravel(tx, P, Q)
    acc = real(0)
    for _ in repeat(tiles[2]):
        n, p, q = at
        gradient = real(0)
        if row < filters and n < N:
            gradient = dy[n, k, p, q]
        gradients[ty, tx] = gradient

        h = top + p * stride[0]
        v = left + q * stride[1]
        pixel = real(0)
        if n < N and load_c < C and h < H and v < W:  # below zero wraps to above H and W
            pixel = x[n, channel, h, v]
        patches[ty, tx] = pixel
        cuda.syncthreads()  # both tiles are complete before anyone reads them

        for i in range(TILE):
            acc += gradients[ty, i] * patches[tx, i]
        cuda.syncthreads()  # everyone has read both tiles before the next step overwrites them
        at = advance(at, step, P, Q)

    c, r, s = unravel(column + tx, R, S)  # the column this thread computes
    if row < filters and c < C:
        dw[k, c, r, s] = acc
