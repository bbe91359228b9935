"""Which axes a reduction takes, and the arrays as its kernels see them."""

from collections.abc import Sequence

from crosscheck.kernels.arguments import axis, reject
from crosscheck.kernels.arrays import Array, empty, namespace
from crosscheck.kernels.views import Views, merge, strided

Dim = int | Sequence[int] | None


def axes(op: str, dim: Dim, rank: int) -> tuple[int, ...]:
    """Return the reduced axes in ascending order; None and () stand for all, as in PyTorch.

    Raises IndexError for an axis out of range, ValueError for one given twice, TypeError.
    """
    many = isinstance(dim, Sequence) and not isinstance(dim, str)
    if dim is None or (many and not dim):
        return tuple(range(rank))
    found = [axis(op, "dim", each, rank) for each in (dim if many else (dim,))]
    if len(set(found)) < len(found):
        reject(op, "dim", dim, "each axis once")
    return tuple(sorted(found)) if rank else ()


def output_size(shape: Sequence[int], reduced: Sequence[int], keepdim: bool) -> tuple[int, ...]:
    """Return the shape without the reduced axes or, with keepdim, with 1 in their place."""
    kept = ((i, extent) for i, extent in enumerate(shape))
    if keepdim:
        return tuple(1 if i in reduced else extent for i, extent in kept)
    return tuple(extent for i, extent in kept if i not in reduced)


def rows(input: Array, out: Array, reduced: Sequence[int]) -> Views:
    """Return `input` as (kept, kept, reduced, reduced) and `out` as (kept, kept).

    `out` has the kept axes of `input` alone, or all of them with keepdim. Arrays that two and two
    axes cannot describe are copied.
    """
    if out.ndim == input.ndim:
        out = out[(*(0 if i in reduced else slice(None) for i in range(out.ndim)), ...)]
    kept = [i for i in range(input.ndim) if i not in reduced]
    reduced = sorted(reduced, key=lambda axis: -abs(input.strides[axis]))
    view, result = input.transpose([*kept, *reduced]), out
    if input.size == 0:  # no copy would give it other strides: NumPy takes it for contiguous
        view = strided(view, view.shape, view.ndim * (0,), 0)
    of_rows, of_columns = _merged(view, result)
    if len(of_rows[0]) > 2 or len(of_columns[0]) > 2:
        view = namespace(input).ascontiguousarray(view)
        result = empty(out.shape, out.dtype, out)
        of_rows, of_columns = _merged(view, result)
    (extents, (steps, out_steps)), (lengths, (strides,)) = of_rows, of_columns
    lead, tail = 2 - len(extents), 2 - len(lengths)
    shape = (*lead * (1,), *extents, *tail * (1,), *lengths)
    input = strided(view, shape, (*lead * (0,), *steps, *tail * (0,), *strides), 4)
    return Views(strided(result, extents, out_steps, 2), [input], result, out)


def _merged(view: Array, result: Array) -> tuple:
    n = result.ndim
    of_rows = merge(view.shape[:n], [view.strides[:n], result.strides])
    return of_rows, merge(view.shape[n:], [view.strides[n:]])
