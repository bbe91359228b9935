"""Mean over axes: the sum by the count. `kernels.reduction.kernels` has the kernels."""

from collections.abc import Sequence
from functools import partial

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.reduction.axes import Dim

ALGORITHMS = reduce.ALGORITHMS
MEAN = Operator("mean", ALGORITHMS, reduce.examples)


@MEAN.direction(partial(reduce.forward, mean=True))
def forward(
    input: Array,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.mean` of a floating array over some axes, or all of them.

    Any shape and strides. Raises ValueError, TypeError or IndexError, before anything is launched,
    for what PyTorch rejects.
    """
    return MEAN.run("forward", algorithm, out, input, dim, keepdim)


@MEAN.direction(partial(reduce.input_gradient, mean=True))
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
    return MEAN.run("input_gradient", algorithm, out, grad_output, input_size, dim, keepdim)
