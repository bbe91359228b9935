"""Which axes a reduction takes, and the arrays as its kernels see them."""

from collections.abc import Sequence

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array, empty, namespace
from crosscheck.kernels.merged_axes import merge, strided

Dim = int | Sequence[int] | None


def axes(op: str, dim: Dim, rank: int) -> tuple[int, ...]:
    """Return the reduced axes in ascending order; None and () stand for all, as in PyTorch.

    Raises IndexError for an axis out of range, ValueError for one given twice, TypeError.
    """
    many = isinstance(dim, Sequence) and not isinstance(dim, str)
    if dim is None or (many and not dim):
        return tuple(range(rank))
    limit = max(rank, 1)  # an array without axes takes 0 and -1
    found = []
    for item in dim if many else (dim,):
        axis = integer(op, "dim", item)
        if not -limit <= axis < limit:
            reject(op, "dim", dim, f"axes of {-limit} to {limit - 1}", IndexError)
        if axis % limit in found:
            reject(op, "dim", dim, "each axis once")
        found.append(axis % limit)
    return tuple(sorted(found)) if rank else ()


def output_size(shape: Sequence[int], reduced: Sequence[int], keepdim: bool) -> tuple[int, ...]:
    """Return the shape without the reduced axes or, with keepdim, with 1 in their place."""
    kept = ((i, extent) for i, extent in enumerate(shape))
    if keepdim:
        return tuple(1 if i in reduced else extent for i, extent in kept)
    return tuple(extent for i, extent in kept if i not in reduced)


class Reduction:
    """Gives a kernel `input` as (kept, kept, reduced, reduced) and `out` as (kept, kept).

    `out` has the kept axes of `input` alone, or all of them with keepdim. Arrays that two and two
    axes cannot describe are copied, once; `finish` then brings the result to `out`.
    """

    def __init__(self, input: Array, out: Array, reduced: Sequence[int]):
        if out.ndim == input.ndim:
            out = out[(*(0 if i in reduced else slice(None) for i in range(out.ndim)), ...)]
        kept = [i for i in range(input.ndim) if i not in reduced]
        reduced = sorted(reduced, key=lambda axis: -abs(input.strides[axis]))
        self.count = len(kept)
        self.target = self.result = out
        view = input.transpose([*kept, *reduced])
        rows, columns = self._as_rows(view)
        if len(rows[0]) > 2 or len(columns[0]) > 2:
            view = namespace(input).ascontiguousarray(view)
            self.result = empty(out.shape, out.dtype, out)
            rows, columns = self._as_rows(view)
        (extents, (steps, out_steps)), (lengths, (strides,)) = rows, columns
        self.out = strided(self.result, extents, out_steps, 2)
        lead, tail = 2 - len(extents), 2 - len(lengths)
        shape = (*lead * (1,), *extents, *tail * (1,), *lengths)
        self.input = strided(view, shape, (*lead * (0,), *steps, *tail * (0,), *strides), 4)

    def _as_rows(self, view: Array) -> tuple:
        n = self.count
        rows = merge(view.shape[:n], [view.strides[:n], self.result.strides])
        return rows, merge(view.shape[n:], [view.strides[n:]])

    def finish(self) -> None:
        """Bring the result to `out`, where it is not already."""
        if self.result is not self.target:
            self.target[...] = self.result
