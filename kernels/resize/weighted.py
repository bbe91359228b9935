"""The kernel of interpolation: weighted sums over rows and columns apart, by tables.

    y[n, c, p, q] = sum over i of a[p, i] * row(p, i),
           row(p, i) = sum over j of b[q, j] * x[n, c, h(p, i), w(q, j)]

axis.py has the tables of h and a, and of w and b. They are made on the host and kept for the next
call; all images and channels share them, so they stay in the cache.

Threads: one an output, the last axis running fastest: a warp reads neighbours in the columns' table
and, where it enlarges, in a row of x. Layout: (n, c, h, w) with any strides.
"""

from typing import NamedTuple

from crosscheck.kernels import arrays
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.resize import axis
from crosscheck.kernels.resize.axis import Axis
from crosscheck.kernels.schedule import Schedule, Scheduled
from crosscheck.kernels.unravel import extents, unravel


@device_function
def weighted(x, n, c, h, first, end, places, weights, start):
    """Return the sum of row h of x over the entries from `first` to before `end`."""
    total = start
    for j in range(first, end):
        total += weights[j] * x[n, c, h, index(places[j])]
    return total


# d y[n, c, p, q] / d x[n, c, h, w] = a[p, i] * b[q, j] for every i with h(p, i) = h and every j
# with w(q, j) = w. Which p and i those are is the table of rows read by columns. So
#     dx[n, c, h, w] = sum over (p, i) of a[p, i] * (sum over (q, j) of b[q, j] * dy[n, c, p, q])
# is the same sum over tables that are transposed, and the same kernel gathers it.
@kernel
def weighted_kernel(
    x, y, start, row_starts, rows, row_weights, column_starts, columns, column_weights
):
    """x (n, c, h, w), y (n, c, p, q); the tables have an entry of starts for each of p + 1, q + 1.

    start: what a sum starts from. With -0 the only term of a sum keeps its sign, as in a copy.
    """
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        start = real(start)
        first, end = index(column_starts[q]), index(column_starts[q + 1])
        total = start
        for i in range(index(row_starts[p]), index(row_starts[p + 1])):
            across = weighted(x, n, c, index(rows[i]), first, end, columns, column_weights, start)
            total += row_weights[i] * across
        y[n, c, p, q] = total


class Problem(NamedTuple):
    """How the rows and the columns are interpolated."""

    rows: Axis
    columns: Axis


def _schedule(problem: Problem, x: Array, y: Array, start: float, of_gradient: bool) -> Schedule:
    place = arrays.place(x)
    rows, columns = (axis.table(each, of_gradient, computed(x.dtype), place) for each in problem)

    def run(x: Array, y: Array) -> None:
        weighted_kernel.forall(y.size)(x, y, start, *rows, *columns)

    return run


def _forward_direct(problem: Problem, x: Array, y: Array) -> Schedule:
    return _schedule(problem, x, y, -0.0, of_gradient=False)


def _input_gradient_direct(problem: Problem, dy: Array, dx: Array) -> Schedule:
    return _schedule(problem, dy, dx, 0.0, of_gradient=True)


ALGORITHMS = {
    "forward": table(Algorithm("direct", Scheduled(_forward_direct))),
    "input_gradient": table(Algorithm("direct", Scheduled(_input_gradient_direct))),
}
