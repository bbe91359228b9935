"""The linear layer on arrays: check the arguments, allocate the result, choose, launch.

Each direction is one matrix product of two views: y = x w^T, dx = dy w, dw = dy^T x. The leading
dimensions of an input fold into rows, without a copy where the strides allow it.
A result without elements launches nothing.
"""

from collections.abc import Callable, Sequence
from math import prod

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.tiles import TILE
from crosscheck.kernels.folding import FoldedOutput, folded
from crosscheck.kernels.linear import bias_tree, direct, tiled

_PRODUCT = {
    "tiled": Algorithm("tiled", tiled.product),
    "direct": Algorithm("direct", direct.product),
}
ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": dict(_PRODUCT),
    "input_gradient": dict(_PRODUCT),
    "weight_gradient": dict(_PRODUCT),
    "bias_gradient": {"tree": Algorithm("tree", bias_tree.tree)},
}


def forward(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return input (*, in) times weight (out, in) transposed, plus bias (out), as (*, out).

    As torch.nn.functional.linear; float32 or float64. A weight (in) gives (*), without a bias.

    Raises TypeError or ValueError before anything is launched.
    """
    op = "linear"
    _ranked(op, "input", input)
    arguments.array(op, "weight", weight, (1, 2))
    if bias is not None:
        arguments.array(op, "bias", bias, (1,))
    arguments.alike(op, input=input, weight=weight, bias=bias)
    shape = output_shape(op, input.shape, weight.shape, "weight")
    if bias is not None:
        if weight.ndim == 1:
            arguments.reject(op, "bias", tuple(bias.shape), "None with a weight of one dimension")
        arguments.shape(op, "bias", bias, weight.shape[:1])
    matrix = weight if weight.ndim == 2 else weight[None]
    rows, columns = prod(input.shape[:-1]), matrix.shape[0]
    run = _choose(op, "forward", (rows, columns), input, algorithm)
    out = arguments.output(op, out, shape, input.dtype, input)
    if out.size:
        if bias is None:
            bias = arrays.empty((0,), input.dtype, input)  # kernels take no None
        y = FoldedOutput(out, (rows, columns))
        run(folded(input, (rows, input.shape[-1])), matrix.T, bias, y.array)
        y.finish()
    return out


# y[i, k] = sum over c of x[i, c] * w[k, c], so d y[i, k] / d x[i, c] = w[k, c] and
# dx[i, c] = sum over k of dy[i, k] * w[k, c]: the product dy w.
def input_gradient(
    input_size: Sequence[int],
    weight: Array,
    grad_output: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: an array of input_size. Raises as it."""
    op = "linear input_gradient"
    input_size = tuple(
        arguments.integer(op, f"input_size[{axis}]", extent, 0)
        for axis, extent in enumerate(input_size)
    )
    arguments.array(op, "weight", weight, (1, 2))
    _ranked(op, "grad_output", grad_output, least=0)
    arguments.alike(op, weight=weight, grad_output=grad_output)
    shape = output_shape(op, input_size, weight.shape, "weight", "input_size")
    arguments.shape(op, "grad_output", grad_output, shape)
    matrix = weight if weight.ndim == 2 else weight[None]
    rows, columns = prod(input_size[:-1]), input_size[-1]
    run = _choose(op, "input_gradient", (rows, columns), weight, algorithm)
    out = arguments.output(op, out, input_size, weight.dtype, weight)
    if out.size:
        dx = FoldedOutput(out, (rows, columns))
        none = arrays.empty((0,), weight.dtype, weight)
        run(folded(grad_output, (rows, matrix.shape[0])), matrix, none, dx.array)
        dx.finish()
    return out


# d y[i, k] / d w[k, c] = x[i, c]: every row used the element once, so
# dw[k, c] = sum over i of dy[i, k] * x[i, c]: the product dy^T x.
def weight_gradient(
    input: Array,
    weight_size: Sequence[int],
    grad_output: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its weight: an array of weight_size. Raises as it."""
    op = "linear weight_gradient"
    _ranked(op, "input", input)
    if len(weight_size) not in (1, 2):
        arguments.reject(op, "weight_size", tuple(weight_size), "1 or 2 integers")
    weight_size = tuple(
        arguments.integer(op, f"weight_size[{axis}]", extent, 0)
        for axis, extent in enumerate(weight_size)
    )
    _ranked(op, "grad_output", grad_output, least=0)
    arguments.alike(op, input=input, grad_output=grad_output)
    shape = output_shape(op, input.shape, weight_size, "weight_size")
    arguments.shape(op, "grad_output", grad_output, shape)
    filters = weight_size[0] if len(weight_size) == 2 else 1
    columns = input.shape[-1]
    run = _choose(op, "weight_gradient", (filters, columns), input, algorithm)
    out = arguments.output(op, out, weight_size, input.dtype, input)
    if out.size:
        rows = prod(input.shape[:-1])
        dw = FoldedOutput(out, (filters, columns))
        none = arrays.empty((0,), input.dtype, input)
        dy = folded(grad_output, (rows, filters))
        run(dy.T, folded(input, (rows, columns)), none, dw.array)
        dw.finish()
    return out


def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient of `forward` for its bias: grad_output (*, out) summed to (out)."""
    op = "linear bias_gradient"
    _ranked(op, "grad_output", grad_output)
    table = ALGORITHMS["bias_gradient"]
    run = algorithms.choose(op, "bias_gradient", table, grad_output.shape, algorithm).run
    *lead, filters = grad_output.shape
    out = arguments.output(op, out, (filters,), grad_output.dtype, grad_output)
    if out.size:
        run(folded(grad_output, (prod(lead), filters)), out)
    return out


def _ranked(op: str, name: str, value: Array, least: int = 1) -> None:
    """Require an array of any rank of at least `least`."""
    arguments.any_rank(op, name, value)
    if value.ndim < least:
        arguments.reject(op, f"{name}.shape", tuple(value.shape), f"at least {least} dimension")


def output_shape(
    op: str,
    input_size: tuple[int, ...],
    weight_size: tuple[int, ...],
    weight_name: str,
    input_name: str = "input",
) -> tuple[int, ...]:
    """Return the size of `forward`'s output; sizes may be symbolic, as a compiler's."""
    if not input_size:
        arguments.reject(op, input_name, input_size, "at least 1 dimension")
    if weight_size[-1] != input_size[-1]:
        expected = f"{input_size[-1]} columns, the last dimension of {input_name} {input_size}"
        arguments.reject(op, weight_name, tuple(weight_size), expected)
    return (*input_size[:-1], *weight_size[:-1])


def _choose(
    op: str, direction: str, extents: tuple[int, int], like: Array, name: str | None
) -> Callable[..., None]:
    """Return the launcher of the named algorithm, or of the better one for None.

    Direct wins on the CPU, where each barrier of a tile switches between 256 fibers, and where the
    result, `extents` rows and columns, fills less than half of a tile.
    """
    if name is None and (arrays.device(like) == "cpu" or min(extents) < TILE // 2):
        name = "direct"
    return algorithms.choose(op, direction, ALGORITHMS[direction], extents, name).run
