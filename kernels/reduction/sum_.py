"""Sum over axes, in a fixed order. `kernels.reduction.kernels` has the kernels."""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.reduction import choose
from crosscheck.kernels.reduction.axes import Dim

OP = "sum"
ALGORITHMS = choose.ALGORITHMS


def forward(
    input: Array,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.sum` of a float32 or float64 array over some axes, or all of them.

    Any shape and strides. Raises ValueError, TypeError or IndexError, before anything is launched,
    for what PyTorch rejects.
    """
    return choose.reduce(OP, input, dim, keepdim, algorithm, out, mean=False)


def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`. Raises as `forward`."""
    return choose.spread(OP, grad_output, input_size, dim, keepdim, algorithm, out, mean=False)
