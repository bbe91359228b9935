"""The gradient of broadcasting: sum over the axes along which an array was repeated."""

from collections.abc import Callable, Sequence

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, empty, facts, workspace
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.plan import Size
from crosscheck.kernels.reduction import reduce

OP = "to_size"


def to_size(input: Array, size: Sequence[int], *, out: Array | None = None) -> Array:
    """Return the input summed to `size`, a shape that broadcasts to its own: `Tensor.sum_to_size`.

    `out`, when given, is written through its strides; it may be float32 for 16 bits, or 16 bits
    for the float32 of a workspace.
    Raises ValueError or TypeError.
    """
    known = facts(input) or arguments.no_array(OP, "input", type(input))
    size = expandable(OP, "size", arguments.size(OP, "size", size), known.shape)
    if out is None:
        out = empty(size, known.dtype, input)
    alike = computed(out.dtype) == computed(known.dtype)
    kind = out.dtype if alike else known.dtype
    arguments.output(OP, "out", out, size, kind, known.device)
    lead = input.ndim - len(size)
    ones = [lead + i for i, extent in enumerate(size) if extent == 1]
    if lead or ones:
        reduce.add_up(input, (*range(lead), *ones), out[(*lead * (None,), ...)])
    else:
        out[...] = input
    return out


def sum_terms(out: Array, size: Size, compute: Callable[[Array], None]) -> None:
    """Write to `out` the sums of the terms, an array of `size`, that `compute(terms)` writes.

    The shape of `out` broadcasts to that size. Where they are equal, the terms are the result.
    """
    if out.shape == tuple(size):
        compute(out)
    else:
        terms = workspace(tuple(size), out)
        compute(terms)
        to_size(terms, out.shape, out=out)


def expandable(op: str, name: str, size: Size, wide: Size) -> tuple[int, ...]:
    """Return `size`, which must broadcast to the size `wide`. Raises ValueError."""
    tail = wide[len(wide) - len(size) :]
    fits = len(size) <= len(wide) and all(
        extent in (1, own) for extent, own in zip(size, tail, strict=True)
    )
    if not fits:
        reject(op, name, tuple(size), f"a shape that broadcasts to {tuple(wide)}")
    return tuple(size)
