"""pixel_shuffle and pixel_unshuffle: channels become pixels, and pixels channels.

    pixel_shuffle    y[n, c, h * f + i, w * f + j] = x[n, (c * f + i) * f + j, h, w]

for i and j below the factor f; pixel_unshuffle is the way back. Every element is copied once, so
the gradient of one is the other.

Threads: one an element of the result, the last axis running fastest: a warp stores neighbours, and
reads f channels' (shuffle), or every f-th pixel of a row (unshuffle). Any strides of the arrays.
"""

from collections.abc import Iterator
from math import prod

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.unravel import extents, unravel


@kernel
def shuffle_kernel(x, y, factor):
    """x (n, c * f * f, h, w), y (n, c, h * f, w * f)."""
    N, C, H, W = extents(y)
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        channel = (c * factor + h % factor) * factor + w % factor
        y[n, c, h, w] = x[n, channel, h // factor, w // factor]


# d y[n, c, h * f + i, w * f + j] / d x[n, (c * f + i) * f + j, h, w] = 1: dx is dy on its way back.
@kernel
def unshuffle_kernel(x, y, factor):
    """x (n, c, h * f, w * f), y (n, c * f * f, h, w)."""
    N, C, H, W = extents(y)
    n, channel, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        c, i, j = unravel(channel, factor, factor)
        y[n, channel, h, w] = x[n, c, h * factor + i, w * factor + j]


def _shuffle(factor: int, x: Array, y: Array) -> None:
    shuffle_kernel.forall(y.size)(x, y, factor)


def _unshuffle(factor: int, x: Array, y: Array) -> None:
    unshuffle_kernel.forall(y.size)(x, y, factor)


SHUFFLES = table(Algorithm("direct", _shuffle))
UNSHUFFLES = table(Algorithm("direct", _unshuffle))
ALGORITHMS = {"forward": SHUFFLES, "input_gradient": UNSHUFFLES}


def _examples(dtype: type) -> Iterator[Example]:
    coarse, fine = np.zeros((2, 16, 8, 8), dtype), np.zeros((2, 4, 16, 16), dtype)
    yield {"input": coarse, "grad_output": fine}, {"upscale_factor": 2}


def _examples_of_unshuffle(dtype: type) -> Iterator[Example]:
    ((arrays, options),) = _examples(dtype)
    turned = {"input": arrays["grad_output"], "grad_output": arrays["input"]}
    yield turned, {"downscale_factor": 2}


PIXEL_SHUFFLE = Operator("pixel_shuffle", ALGORITHMS, _examples)
PIXEL_UNSHUFFLE = Operator(
    "pixel_unshuffle",
    {"forward": UNSHUFFLES, "input_gradient": SHUFFLES},
    _examples_of_unshuffle,
)


def shuffled(op: str, name: str, argument: str, size: Size, factor: int) -> Plan:
    """Return the plan of a shuffle of the array `name`; `argument`: what its factor is called."""
    factor = _checked(op, name, argument, size, factor)
    *lead, c, h, w = size
    if c % factor**2:
        expected = f"channels that are a multiple of {factor**2}, the square of {argument}"
        reject(op, f"{name}.shape", tuple(size), expected)
    return _plan(name, size, (*lead, c // factor**2, h * factor, w * factor), factor)


def unshuffled(op: str, name: str, argument: str, size: Size, factor: int) -> Plan:
    """Return the plan of the way back."""
    factor = _checked(op, name, argument, size, factor)
    *lead, c, h, w = size
    if h % factor or w % factor:
        expected = f"rows and columns that are multiples of {factor}, {argument}"
        reject(op, f"{name}.shape", tuple(size), expected)
    return _plan(name, size, (*lead, c * factor**2, h // factor, w // factor), factor)


def _checked(op: str, name: str, argument: str, size: Size, factor: int) -> int:
    if len(size) < 3:
        reject(op, f"{name}.shape", tuple(size), "at least 3 dimensions")
    return integer(op, argument, factor, 1)


def _plan(name: str, size: Size, output: Size, factor: int) -> Plan:
    views = {name: _batch(size), "out": _batch(output)}
    return Plan(factor, [Output(output, nhwc=(name,))], views=views)


def _batch(size: Size) -> tuple[int, ...]:
    """Return the size with all that leads to the last three dimensions as one."""
    return prod(size[:-3]), *size[-3:]


def _forward(op: str, input: Size, upscale_factor: int) -> Plan:
    return shuffled(op, "input", "upscale_factor", input, upscale_factor)


@PIXEL_SHUFFLE.direction(_forward)
def forward(
    input: Array, upscale_factor: int, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return (..., c, h * f, w * f) of input (..., c * f * f, h, w), for f = upscale_factor.

    As torch.nn.functional.pixel_shuffle, for floating dtypes; in NHWC where the input is.
    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    return PIXEL_SHUFFLE.run("forward", algorithm, out, input, upscale_factor)


def _input_gradient(op: str, grad_output: Size, upscale_factor: int) -> Plan:
    return unshuffled(op, "grad_output", "upscale_factor", grad_output, upscale_factor)


@PIXEL_SHUFFLE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    upscale_factor: int,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: pixel_unshuffle of grad_output.

    Raises like `forward`.
    """
    return PIXEL_SHUFFLE.run("input_gradient", algorithm, out, grad_output, upscale_factor)
