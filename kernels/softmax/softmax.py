"""softmax: exp(x) / sum of exp(x) along a dimension, and its gradient."""

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.softmax import direct, one_pass, rows, tree
from crosscheck.kernels.softmax.rows import long_rows

ALGORITHMS = {
    "forward": table(
        Algorithm("one_pass", one_pass.softmax, one_pass.unsupported, one_pass.on_a_gpu),
        Algorithm("tree", tree.softmax, prefers=long_rows),
        Algorithm("direct", direct.softmax),
    ),
    "input_gradient": table(
        Algorithm("one_pass", one_pass.softmax_gradient, one_pass.unsupported, one_pass.on_a_gpu),
        Algorithm("tree", tree.softmax_gradient, prefers=long_rows),
        Algorithm("direct", direct.softmax_gradient),
    ),
}
SOFTMAX = Operator("softmax", ALGORITHMS, rows.examples)


@SOFTMAX.direction(rows.forward)
def forward(
    input: Array, dim: int, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return torch.nn.functional.softmax of a floating array of any shape.

    Raises TypeError or ValueError before anything is launched.
    """
    return SOFTMAX.run("forward", algorithm, out, input, dim)


@SOFTMAX.direction(rows.input_gradient)
def input_gradient(
    grad_output: Array,
    output: Array,
    dim: int,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient for the input; `output` is what `forward` gave.

    Raises like `forward`.
    """
    return SOFTMAX.run("input_gradient", algorithm, out, grad_output, output, dim)
