"""Interpolation: every output is a weighted mean of a few inputs, along rows and columns apart.

Which inputs, and with what weights, axis.py says for each mode; weighted.py has the kernel.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.resize import axis
from crosscheck.kernels.resize.axis import Axis
from crosscheck.kernels.resize.weighted import ALGORITHMS, Problem

# PyTorch's modes: how each axis is interpolated, and the ranks of the input.
MODES = {
    "nearest": (axis.NEAREST, (3, 4)),
    "nearest-exact": (axis.NEAREST_EXACT, (3, 4)),
    "linear": (axis.LINEAR, (3,)),
    "bilinear": (axis.LINEAR, (4,)),
    "bicubic": (axis.CUBIC, (4,)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, dy = np.zeros((2, 4, 16, 16), dtype), np.zeros((2, 4, 32, 32), dtype)
    options = {"size": (32, 32), "factors": (), "mode": "bilinear", "align_corners": False}
    yield {"input": x, "grad_output": dy}, options


INTERPOLATE = Operator("interpolate", ALGORITHMS, _examples)


def _parse(
    op: str,
    input: tuple[str, Size],
    size: tuple[str, Size],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
) -> Problem:
    """Return the checked problem; `input` and `size` are (the argument's name, the extents)."""
    (name, images), (size_name, outputs) = input, size
    if mode not in MODES:
        reject(op, "mode", mode, f"one of {sorted(MODES)}")
    how, ranks = MODES[mode]
    rank(op, name, images, ranks)
    if align_corners and how in (axis.NEAREST, axis.NEAREST_EXACT):
        reject(op, "align_corners", align_corners, f"None with mode={mode!r}")
    spatial = images[2:]
    if len(outputs) != len(spatial):
        reject(op, size_name, tuple(outputs), f"{len(spatial)} integers")
    if factors and len(factors) != len(spatial):
        reject(op, "factors", tuple(factors), f"none or {len(spatial)} numbers")
    if 0 in images[1:]:
        reject(op, name, tuple(images), "at least 1 channel, row and column")
    if any(each < 1 for each in outputs):
        reject(op, size_name, tuple(outputs), "at least 1 row and column")
    factors = factors or [0.0] * len(spatial)
    axes = [
        Axis(how, *extents, align_corners)
        for extents in zip(spatial, outputs, factors, strict=True)
    ]
    return Problem(*([Axis(axis.NEAREST, 1, 1, 0.0, False)] * (2 - len(axes))), *axes)


def _batch(size: Size) -> tuple[int, ...]:
    """Return the size of images (n, c, h, w) or signals (n, c, w) as that of images."""
    return (*size[:2], *[1] * (4 - len(size)), *size[2:])


def _forward(op: str, input: Size, size: Size, *how: object) -> Plan:
    problem = _parse(op, ("input.shape", input), ("size", size), *how)
    output = (*input[:2], *size)
    views = {"input": _batch(input), "out": _batch(output)}
    return Plan(problem, [Output(output, nhwc=("input",))], views=views)


@INTERPOLATE.direction(_forward)
def forward(
    input: Array,
    size: Sequence[int],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return images (n, c, h, w) or signals (n, c, w), of a floating dtype, interpolated to `size`.

    As torch.nn.functional.interpolate in one of MODES, without antialias. `factors`: what each axis
    is scaled by, where it is not the ratio of the sizes; else empty. The output is in NHWC where
    the input is.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    given = input, size, factors, mode, align_corners
    return INTERPOLATE.run("forward", algorithm, out, *given)


def _input_gradient(op: str, grad_output: Size, input: Size, *how: object) -> Plan:
    rank(op, "grad_output.shape", grad_output, (3, 4))
    size = grad_output[2:]
    problem = _parse(op, ("input_size", input), ("grad_output.shape[2:]", size), *how)
    views = {"grad_output": _batch(grad_output), "out": _batch(input)}
    expected = {"grad_output": (*input[:2], *size)}
    return Plan(problem, [Output(input, nhwc=("grad_output",))], sizes=expected, views=views)


@INTERPOLATE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    Raises like `forward`.
    """
    given = grad_output, input_size, factors, mode, align_corners
    return INTERPOLATE.run("input_gradient", algorithm, out, *given)
