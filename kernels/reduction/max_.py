"""The largest element along an axis, and where it is: see `kernels.reduction.extremum`."""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction import extremum

ALGORITHMS = extremum.ALGORITHMS
MAX = Operator("max", ALGORITHMS, extremum.examples)


def _forward(op: str, input: Size, dim: int, keepdim: bool) -> Plan:
    return extremum.forward(op, input, dim, keepdim, sign=1.0)


@MAX.direction(_forward)
def forward(
    input: Array,
    dim: int,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    indices: Array | None = None,
) -> tuple[Array, Array]:
    """Return (values, int64 indices) of `torch.max` of a float32 or float64 array along `dim`.

    Any shape and strides. Of several the first counts, and NaN before every number. Raises
    ValueError, TypeError or IndexError, before anything is launched, for what PyTorch rejects.
    """
    return MAX.run("forward", algorithm, (out, indices), input, dim, keepdim)


@MAX.direction(extremum.input_gradient)
def input_gradient(
    grad_output: Array,
    indices: Array,
    input_size: Sequence[int],
    dim: int,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    `indices`, int64, come from `forward` with the same arguments. Raises like `forward`.
    """
    options = dim, keepdim
    return MAX.run("input_gradient", algorithm, out, grad_output, indices, input_size, *options)
