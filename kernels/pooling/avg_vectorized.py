"""Average pooling of images in channels_last, and an input gradient that divides outside its loops.

Forward: a thread takes a quad of channels of an output (see `pixels`); other layouts are left to
`direct`. Input gradient: see `gather`; images, too. `direct` divides, and counts the window's
pixels, once for every pixel that a window has.

Instructions for each pixel of a window: 2.4 (the inner loop's; float32, sm_90a).
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.pooling.divisor import divisor
from crosscheck.kernels.pooling.gather import Average, gradient
from crosscheck.kernels.pooling.geometry import pixels, windows
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
def forward_kernel(x, y, sizes, window, stride, padding, counted, sign):
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
        by = divisor(p, q, window, stride, counted, sign)
        mean = total[0] / by, total[1] / by, total[2] / by, total[3] / by
        store_quad(y, place(n, p, q, k, P, Q, K), mean)


@device_function
def around(h, w, image, counts, how):
    window, stride, padding = how[:3]
    p_begin, p_end = windows(h, window[0], stride[0], padding[0], counts[0])
    q_begin, q_end = windows(w, window[1], stride[1], padding[1], counts[1])
    return p_begin, p_end, q_begin, q_end


@device_function
def size(p, q, image, counts, how):
    window, stride, _, counted, sign = how
    return divisor(p, q, window, stride, counted, sign)


AVERAGE = Average("avg_pool2d", around, size)


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


def input_gradient(arguments: tuple, dy: Array, dx: Array) -> bool:
    """Compute dx, if it is dense, images or channels_last; return whether it was."""
    return gradient(AVERAGE, arguments, dy, dx)
