"""log_softmax: x - log(sum of exp(x)) along a dimension, and its gradient."""

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.softmax import direct, one_pass, rows, tree
from crosscheck.kernels.softmax.rows import long_rows

ALGORITHMS = {
    "forward": table(
        Algorithm("one_pass", one_pass.log_softmax, one_pass.unsupported, one_pass.on_a_gpu),
        Algorithm("tree", tree.log_softmax, prefers=long_rows),
        Algorithm("direct", direct.log_softmax),
    ),
    "input_gradient": table(
        Algorithm(
            "one_pass", one_pass.log_softmax_gradient, one_pass.unsupported, one_pass.on_a_gpu
        ),
        Algorithm("tree", tree.log_softmax_gradient, prefers=long_rows),
        Algorithm("direct", direct.log_softmax_gradient),
    ),
}
LOG_SOFTMAX = Operator("log_softmax", ALGORITHMS, rows.examples)


@LOG_SOFTMAX.direction(rows.forward)
def forward(
    input: Array, dim: int, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return torch.nn.functional.log_softmax of a floating array of any shape.

    Raises TypeError or ValueError before anything is launched.
    """
    return LOG_SOFTMAX.run("forward", algorithm, out, input, dim)


@LOG_SOFTMAX.direction(rows.input_gradient)
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
    return LOG_SOFTMAX.run("input_gradient", algorithm, out, grad_output, output, dim)
