"""fold: the windows of images, as unfold makes a matrix of them, added where they overlap.

Its kernels are those of unfold.py: its forward pass is unfold's gradient, and the other way round.
"""

from math import prod
from typing import Any

from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import unfold
from crosscheck.kernels.convolution.problem import whole_pair
from crosscheck.kernels.convolution.unfold import FOLD, Extents
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import batch

ALGORITHMS = FOLD.algorithms


def _forward(op: str, input: Size, output_size: Any, *geometry: Any) -> Plan:
    rank(op, "input.shape", input, (2, 3))
    rows, columns = whole_pair(op, "output_size", output_size, 1)
    problem = unfold.windows(op, ("output_size", (rows, columns)), *geometry)
    taps, places = prod(problem.window), prod(problem.windows)
    *lead, channels, found = input
    if channels == 0 or channels % taps or found != places:
        expected = f"a multiple of {taps} rows, the window's taps, and {places} columns"
        reject(op, "input.shape", tuple(input), expected)
    size = (*lead, channels // taps, rows, columns)
    views = {"input": unfold.matrix(input), "out": batch(size)}
    return Plan(problem, [Output(size)], views=views)


@FOLD.direction(_forward)
def forward(
    input: Array,
    output_size: Extents,
    kernel_size: Extents,
    dilation: Extents = 1,
    padding: Extents = 0,
    stride: Extents = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return images ([n,] c, *output_size) from a matrix of windows ([n,] c * r * s, p * q).

    As torch.nn.functional.fold, for floating dtypes. Raises TypeError or ValueError, before
    anything is launched, for what PyTorch rejects.
    """
    given = input, output_size, kernel_size, dilation, padding, stride
    return FOLD.run("forward", algorithm, out, *given)


def _input_gradient(op: str, grad_output: Size, *geometry: Any) -> Plan:
    problem, size = unfold.unfolding(op, ("grad_output.shape", grad_output), *geometry)
    views = {"grad_output": batch(grad_output), "out": unfold.matrix(size)}
    return Plan(problem, [Output(size)], views=views)


@FOLD.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    kernel_size: Extents,
    dilation: Extents = 1,
    padding: Extents = 0,
    stride: Extents = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: unfold's forward pass on grad_output.

    Raises like `forward`.
    """
    given = grad_output, kernel_size, dilation, padding, stride
    return FOLD.run("input_gradient", algorithm, out, *given)
