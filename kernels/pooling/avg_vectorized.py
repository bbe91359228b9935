"""Average pooling of images in channels_last, and an input gradient that divides outside its loops.

Forward: a thread takes a quad of channels of an output (see `pixels`); other layouts are left to
`direct`. Input gradient: a first kernel divides each dy by its window's divisor, once; a second
gathers, and only adds. `direct` divides, and counts the window's pixels, once for every pixel that
a window has. The sums are of the same quotients in the same order: the same bits.

Instructions for each pixel of a window: 2.4; backward for each window of a pixel 4.4 in images and
2.4 in channels_last (the inner loop's; float32, sm_90a).

Bytes an input pixel in the gradient: 4 for dx, and 16 for each output in place of 4 (dy, and its
quotient written and read), which at a stride of 2 are a quarter as many.
"""

from crosscheck.kernels.arrays import Array, empty, namespace
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.pooling.geometry import divisor, pixels, windows
from crosscheck.kernels.pooling.pixels import place, rows_of_pixels
from crosscheck.kernels.pooling.problem import Problem
from crosscheck.kernels.ptx import load_quad, store_quad
from crosscheck.kernels.unravel import unravel


@device_function
def add(total, values):
    """Return two quads, element by element."""
    return (
        total[0] + values[0],
        total[1] + values[1],
        total[2] + values[2],
        total[3] + values[3],
    )


@kernel
def forward_kernel(x, y, sizes, window, stride, padding, include_pad, override, negative):
    """x, y: rows of pixels; sizes: n, quads of channels, h, w, p, q."""
    N, K, H, W, P, Q = sizes
    n, p, q, k = unravel(index(cuda.grid(1)), P, Q, K)
    if n < N:
        h_begin, h_end = pixels(p, window[0], stride[0], padding[0], H)
        w_begin, w_end = pixels(q, window[1], stride[1], padding[1], W)
        zero = real(0)
        total = zero, zero, zero, zero
        for h in range(h_begin, h_end):
            for w in range(w_begin, w_end):
                total = add(total, load_quad(x, place(n, h, w, k, H, W, K)))
        by = divisor(p, q, window, stride, padding, H, W, include_pad, override, negative)
        mean = total[0] / by, total[1] / by, total[2] / by, total[3] / by
        store_quad(y, place(n, p, q, k, P, Q, K), mean)


@kernel
def quotient_kernel(dy, quotients, sizes, inner, how, include_pad, override, negative):
    """dy, quotients: rows of (outer, p, q, inner); how: window, stride, padding."""
    _, _, H, W, P, Q = sizes
    i = index(cuda.grid(1))
    if i < index(dy.size):
        p, q = unravel(i // inner, P, Q)[1:]
        quotients[i] = dy[i] / divisor(p, q, *how, H, W, include_pad, override, negative)


@kernel
def gather_kernel(quotients, dx, sizes, window, stride, padding):
    """quotients: row of (outer, p, q); dx: row of (outer, h, w)."""
    _, _, H, W, P, Q = sizes
    i = index(cuda.grid(1))
    if i < index(dx.size):
        plane, h, w = unravel(i, H, W)
        p_begin, p_end = windows(h, window[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, window[1], stride[1], padding[1], Q)
        total = real(0)
        for p in range(p_begin, p_end):
            row = (plane * P + p) * Q
            for q in range(q_begin, q_end):
                total += quotients[row + q]
        dx[i] = total


@kernel
def gather_pixels_kernel(quotients, dx, sizes, window, stride, padding):
    """quotients, dx: rows of pixels; sizes as in `forward_kernel`."""
    N, K, H, W, P, Q = sizes
    n, h, w, k = unravel(index(cuda.grid(1)), H, W, K)
    if n < N:
        p_begin, p_end = windows(h, window[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, window[1], stride[1], padding[1], Q)
        zero = real(0)
        total = zero, zero, zero, zero
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                total = add(total, load_quad(quotients, place(n, p, q, k, P, Q, K)))
        store_quad(dx, place(n, h, w, k, H, W, K), total)


def _sizes(problem: Problem) -> tuple[int, ...]:
    n, c, h, w = problem.input_size
    return n, c // 4, h, w, *problem.output_size[2:]


def forward(problem: Problem, arguments: tuple, x: Array, y: Array) -> bool:
    """Compute y, if the arrays are rows of pixels; return whether they were.

    arguments: the geometry and divisor, as `direct` takes them.
    """
    rows = rows_of_pixels(x, y)
    if rows is None:
        return False
    forward_kernel.forall(y.size // 4)(*rows, _sizes(problem), *arguments)
    return True


def input_gradient(problem: Problem, arguments: tuple, dy: Array, dx: Array) -> bool:
    """Compute dx, if it is a row of pixels, or C-contiguous; return whether it was."""
    rows, sizes = rows_of_pixels(dy, dx), _sizes(problem)
    if rows is None and not dx.flags.c_contiguous:
        return False
    inner, gather, threads = dx.shape[1], gather_pixels_kernel, dx.size // 4
    if rows is None:
        inner, gather, threads = 1, gather_kernel, dx.size
        rows = [namespace(dy).ascontiguousarray(dy).reshape(-1), dx.reshape(-1)]
    quotients = empty(rows[0].shape, dy.dtype, dy)
    geometry, counting = arguments[:3], arguments[3:]
    quotient_kernel.forall(dy.size)(rows[0], quotients, sizes, inner, geometry, *counting)
    gather.forall(threads)(quotients, rows[1], sizes, *geometry)
    return True
