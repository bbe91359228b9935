"""The linear layer by the rungs of the convolution: a row is an image of one pixel.

    y[i, k] = bias[k] + sum over c of x[i, c] * w[k, c]

is a convolution of n = rows images, their channels the inputs, with a filter of one tap. Where rows
lie one after the other, these are images in NHWC: the product loads four inputs at a time. `rung`
is a module of the convolution, blocked or pipelined; its file says what it adds and gains.
"""

from types import ModuleType
from typing import Any

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.problem import Problem


def forward(rung: ModuleType, _: Any, x: Array, w: Array, bias: Array, y: Array) -> None:
    rung.forward(_problem(x, w), _pixels(x), _pixels(w), bias, _pixels(y))


def input_gradient(rung: ModuleType, _: Any, w: Array, dy: Array, dx: Array) -> None:
    rung.input_gradient(_problem(dx, w), _pixels(w), _pixels(dy), _pixels(dx))


def weight_gradient(rung: ModuleType, _: Any, x: Array, dy: Array, dw: Array) -> None:
    rung.weight_gradient(_problem(x, dw), _pixels(x), _pixels(dy), _pixels(dw))


def _pixels(matrix: Array) -> Array:
    """Return (rows, columns) as (n, c, 1, 1), or (k, c, 1, 1)."""
    return matrix[:, :, None, None]


def _problem(x: Array, w: Array) -> Problem:
    (rows, ins), outs, no = x.shape, w.shape[0], (0, 0, 0, 0)
    return Problem(rows, ins, 1, 1, outs, 1, 1, 1, 1, (1, 1), no, (1, 1), 1, batched=True)
