"""The linear layer by the rungs of the convolution: a row is an image of one pixel.

    y[i, k] = bias[k] + sum over c of x[i, c] * w[k, c]

is a convolution of n = rows images, their channels the inputs, with a filter of one tap. Where rows
lie one after the other, these are images in NHWC: the product loads four inputs at a time. `rung`
is a module of the convolution, such as pipelined or tensor_core; its file says what it adds and
gains.
"""

from types import ModuleType
from typing import NamedTuple

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.schedule import Schedule, Scheduled


class Sizes(NamedTuple):
    """Of a linear layer: x (rows, ins), w (outs, ins), y (rows, outs)."""

    rows: int
    ins: int
    outs: int

    @property
    def problem(self) -> Problem:
        """The layer as a convolution."""
        rows, ins, outs = self
        one, none = (1, 1), (0, 0, 0, 0)
        return Problem(rows, ins, 1, 1, outs, 1, 1, 1, 1, one, none, one, 1, batched=True)


def forward(rung: ModuleType, sizes: Sizes, *matrices: Array) -> Schedule:
    """Return run(x, w, bias, y)."""
    return _of_pixels(rung.forward, sizes, matrices)


def input_gradient(rung: ModuleType, sizes: Sizes, *matrices: Array) -> Schedule:
    """Return run(w, dy, dx)."""
    return _of_pixels(rung.input_gradient, sizes, matrices)


def weight_gradient(rung: ModuleType, sizes: Sizes, *matrices: Array) -> Schedule:
    """Return run(x, dy, dw)."""
    return _of_pixels(rung.weight_gradient, sizes, matrices)


def _of_pixels(convolved: Scheduled, sizes: Sizes, matrices: tuple[Array, ...]) -> Schedule:
    run = convolved.make(sizes.problem, *map(_pixels, matrices))
    return lambda *matrices: run(*map(_pixels, matrices))


def _pixels(array: Array) -> Array:
    """Return (rows, columns) as (n, c, 1, 1), or (k, c, 1, 1); a bias as it is."""
    return array.reshape(*array.shape, 1, 1) if array.ndim == 2 else array  # a view, always
