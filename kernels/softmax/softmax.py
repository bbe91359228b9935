"""softmax: exp(x) / sum of exp(x) along a dimension, and its gradient."""

from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.softmax import direct, tree, wrapper

OP = "softmax"

ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {
        "tree": Algorithm("tree", tree.softmax),
        "direct": Algorithm("direct", direct.softmax),
    },
    "input_gradient": {
        "tree": Algorithm("tree", tree.softmax_gradient),
        "direct": Algorithm("direct", direct.softmax_gradient),
    },
}


def forward(
    input: Array, dim: int, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return torch.nn.functional.softmax of a float32 or float64 array of any shape.

    Raises TypeError or ValueError before anything is launched.
    """
    return wrapper.forward(OP, ALGORITHMS, input, dim, algorithm, out)


def input_gradient(
    grad_output: Array,
    output: Array,
    dim: int,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient for the input; `output` is what `forward` gave. Raises as it."""
    return wrapper.input_gradient(OP, ALGORITHMS, grad_output, output, dim, algorithm, out)
