"""Sum over axes, in a fixed order. `kernels.reduction.kernels` has the kernels."""

from collections.abc import Sequence
from functools import partial

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.reduction.axes import Dim

ALGORITHMS = reduce.ALGORITHMS
SUM = Operator("sum", ALGORITHMS, reduce.examples)


@SUM.direction(partial(reduce.forward, mean=False))
def forward(
    input: Array,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.sum` of a floating array over some axes, or all of them.

    Any shape and strides. Raises ValueError, TypeError or IndexError, before anything is launched,
    for what PyTorch rejects.
    """
    return SUM.run("forward", algorithm, out, input, dim, keepdim)


@SUM.direction(partial(reduce.input_gradient, mean=False))
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    Raises like `forward`.
    """
    return SUM.run("input_gradient", algorithm, out, grad_output, input_size, dim, keepdim)
