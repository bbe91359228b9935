"""The input gradient of max pooling in images: a thread gathers the same pixel of PLANES planes.

    dx[., h, w] = sum of dy[., p, q] over the windows (p, q) around (h, w) whose winner is (h, w)

What it adds to `direct`: the windows around a pixel are looked for, with four divisions, once for
all of its planes; as many loads are under way; and places are one offset, not four. Each sum is in
the order of the windows: the same bits. Layout: dense images, (n, c, h, w); channels_last is
`max_vectorized`'s.

Bytes an input pixel: 4 for dx, and for each window around it 12, all but the first from the caches.
Instructions for each window around a pixel: 8.4, where `direct` takes 19 (the inner loop's;
float32, sm_90a).
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.pooling.gather import PLANES
from crosscheck.kernels.pooling.geometry import windows
from crosscheck.kernels.pooling.problem import Problem
from crosscheck.kernels.unravel import unravel


@kernel
def gather_kernel(dy, indices, dx, planes, image, counts, span, stride, padding):
    """dy, indices: rows of (plane, p, q); dx: row of (plane, h, w); image: h, w; counts: p, q."""
    totals = cuda.local.array(PLANES, real)
    H, W = image
    P, Q = counts
    group, h, w = unravel(index(cuda.grid(1)), H, W)
    first = group * PLANES
    if first < planes:
        p_begin, p_end = windows(h, span[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, span[1], stride[1], padding[1], Q)
        pixel = h * W + w
        to = first * H * W + pixel
        if first + PLANES <= planes:
            for k in range(PLANES):
                totals[k] = real(0)
            for p in range(p_begin, p_end):
                for q in range(q_begin, q_end):
                    at = (first * P + p) * Q + q
                    for k in range(PLANES):
                        won, value = index(indices[at]), dy[at]
                        totals[k] += value if won == pixel else real(0)
                        at += P * Q
            for k in range(PLANES):
                dx[to] = totals[k]
                to += H * W
        else:  # in the last group only
            for plane in range(first, planes):
                total = real(0)
                for p in range(p_begin, p_end):
                    row = (plane * P + p) * Q
                    for q in range(q_begin, q_end):
                        if index(indices[row + q]) == pixel:
                            total += dy[row + q]
                dx[to] = total
                to += H * W


def input_gradient(problem: Problem, dy: Array, indices: Array, dx: Array) -> bool:
    """Compute dx, if all are dense images; return whether they were."""
    if not all(each.flags.c_contiguous for each in (dy, indices, dx)):
        return False
    n, c, h, w = problem.input_size
    rows = (each.reshape(-1) for each in (dy, indices, dx))
    sizes = n * c, (h, w), problem.output_size[2:]
    how = problem.span, problem.stride, problem.padding
    gather_kernel.forall(-(-n * c // PLANES) * h * w)(*rows, *sizes, *how)
    return True
