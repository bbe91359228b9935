"""Convolution on arrays: check the arguments, allocate the result, choose an algorithm, launch it.

Arrays go to the kernels as they are, whatever their strides; an unbatched one as a view with n = 1.
A result without elements launches nothing.
"""

from collections.abc import Callable, Sequence

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import (
    bias_tree,
    direct,
    problem,
    tiled_forward,
    tiled_input_gradient,
    tiled_weight_gradient,
)
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tiles import TILE

ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {
        "tiled": Algorithm("tiled", tiled_forward.forward),
        "direct": Algorithm("direct", direct.forward),
    },
    "input_gradient": {
        "tiled": Algorithm("tiled", tiled_input_gradient.input_gradient),
        "direct": Algorithm("direct", direct.input_gradient),
    },
    "weight_gradient": {
        "tiled": Algorithm("tiled", tiled_weight_gradient.weight_gradient),
        "direct": Algorithm("direct", direct.weight_gradient),
    },
    "bias_gradient": {"tree": Algorithm("tree", bias_tree.tree)},
}


def forward(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the cross-correlation of input (n, c, h, w) or (c, h, w) with weight (k, c, r, s).

    As torch.nn.functional.conv2d: the output is (n, k, p, q) or (k, p, q), float32 or float64 as
    the input. An input without channels gives an output without channels.

    Raises TypeError or ValueError before anything is launched, and `Unsupported` when `algorithm`
    names one that does not take the problem.
    """
    op = "conv2d"
    arguments.array(op, "input", input, (3, 4))
    arguments.array(op, "weight", weight, (4,))
    if bias is not None:
        arguments.array(op, "bias", bias, (1,))
    arguments.alike(op, input=input, weight=weight, bias=bias)
    sizes = ("input.shape", input.shape), ("weight.shape", weight.shape)
    this = problem.create(op, *sizes, stride, padding, dilation, groups)
    if bias is not None:
        arguments.shape(op, "bias", bias, (this.k,))
    run = _choose(op, "forward", this, this.filters, input, algorithm)
    out = arguments.output(op, out, this.output_shape, input.dtype, input)
    if out.size:
        if bias is None:
            bias = arrays.empty((0,), input.dtype, input)  # kernels take no None
        run(this, _batch(input), weight, bias, _batch(out))
    return out


def input_gradient(
    input_size: Sequence[int],
    weight: Array,
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: an array of input_size, 3 or 4 integers.

    As torch.nn.grad.conv2d_input. grad_output is (n, k, p, q) or (k, p, q). Raises as `forward`.
    """
    op = "conv2d input_gradient"
    input_size = problem.size(op, "input_size", input_size, (3, 4))
    arguments.array(op, "weight", weight, (4,))
    arguments.array(op, "grad_output", grad_output, (len(input_size),))
    arguments.alike(op, weight=weight, grad_output=grad_output)
    sizes = ("input_size", input_size), ("weight.shape", weight.shape)
    this = problem.create(op, *sizes, stride, padding, dilation, groups)
    arguments.shape(op, "grad_output", grad_output, this.output_shape)
    run = _choose(op, "input_gradient", this, this.channels, weight, algorithm)
    out = arguments.output(op, out, this.input_shape, weight.dtype, weight)
    if out.size:
        run(this, weight, _batch(grad_output), _batch(out))
    return out


def weight_gradient(
    input: Array,
    weight_size: Sequence[int],
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its weight: an array of weight_size, 4 integers.

    As torch.nn.grad.conv2d_weight. grad_output is (n, k, p, q) or (k, p, q). Raises as `forward`.
    """
    op = "conv2d weight_gradient"
    arguments.array(op, "input", input, (3, 4))
    weight_size = problem.size(op, "weight_size", weight_size, (4,))
    arguments.array(op, "grad_output", grad_output, (input.ndim,))
    arguments.alike(op, input=input, grad_output=grad_output)
    sizes = ("input.shape", input.shape), ("weight_size", weight_size)
    this = problem.create(op, *sizes, stride, padding, dilation, groups)
    arguments.shape(op, "grad_output", grad_output, this.output_shape)
    run = _choose(op, "weight_gradient", this, this.filters, input, algorithm)
    out = arguments.output(op, out, this.weight_shape, input.dtype, input)
    if out.size:
        run(this, _batch(input), _batch(grad_output), out)
    return out


def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient of `forward` for its bias: grad_output (n, k, p, q) or (k, p, q) summed
    to (k). Raises as `forward`.
    """
    op = "conv2d bias_gradient"
    arguments.array(op, "grad_output", grad_output, (3, 4))
    table = ALGORITHMS["bias_gradient"]
    run = algorithms.choose(op, "bias_gradient", table, grad_output.shape, algorithm).run
    batch = _batch(grad_output)
    out = arguments.output(op, out, (batch.shape[1],), grad_output.dtype, grad_output)
    if out.size:
        run(batch, out)
    return out


def _choose(
    op: str, direction: str, this: Problem, rows: int, like: Array, name: str | None
) -> Callable[..., None]:
    """Return the launcher of the named algorithm, or of the better one for None.

    Direct wins on the CPU, where each barrier of a tile switches between 256 fibers (twice as fast
    on a ResNet layer, tens of times on a depthwise one), and where `rows`, the outputs that share
    a gathered patch, fill less than half of a tile.
    """
    if name is None and (arrays.device(like) == "cpu" or rows < TILE // 2):
        name = "direct"
    return algorithms.choose(op, direction, ALGORITHMS[direction], this, name).run


def _batch(images: Array) -> Array:
    return images if images.ndim == 4 else images[None]
