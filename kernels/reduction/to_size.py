"""The gradient of broadcasting: sum over the axes along which an array was repeated."""

from collections.abc import Sequence

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.reduction import sum_


def to_size(input: Array, size: Sequence[int], *, out: Array | None = None) -> Array:
    """Return the input summed to `size`, a shape that broadcasts to its own: `Tensor.sum_to_size`.

    `out`, when given, is written through its strides. Raises ValueError or TypeError.
    """
    arguments.any_rank("to_size", "input", input)
    size = expandable("to_size", "size", size, input)
    lead = input.ndim - len(size)
    ones = [lead + i for i, extent in enumerate(size) if extent == 1]
    out = arguments.output("to_size", out, size, input.dtype, input)
    if lead or ones:
        sum_.forward(input, [*range(lead), *ones], True, out=out[(*lead * (None,), ...)])
    else:
        out[...] = input
    return out


def expandable(op: str, name: str, size: Sequence[int], grad_output: Array) -> tuple[int, ...]:
    """Return `size`, a shape that broadcasts to grad_output's. Raises ValueError or TypeError."""
    size = tuple(integer(op, name, extent, 0) for extent in size)
    tail = grad_output.shape[grad_output.ndim - len(size) :]
    fits = len(size) <= grad_output.ndim and all(
        extent in (1, wide) for extent, wide in zip(size, tail, strict=True)
    )
    if not fits:
        reject(op, name, size, f"a shape that broadcasts to {grad_output.shape}")
    return size
