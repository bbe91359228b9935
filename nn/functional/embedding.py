"""Rows of a table by their numbers."""

from collections.abc import Sequence

import numpy as np

from crosscheck.kernels import in_range
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.elementwise.where import WHERE
from crosscheck.kernels.indexing.take import TAKE
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor

OP = "embedding"


@public
def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """Return the rows of a weight (rows, d) with the numbers of an int64 input, (..., d).

    The gradient of a row is the sum over all places that took it, in one order in every run; that
    of the row `padding_idx` is left out. Raises IndexError for a number out of range, on a GPU
    later: see `kernels.deferred`.
    """
    numbers, table = array_of(OP, "input", input), array_of(OP, "weight", weight)
    if numbers.dtype != np.int64:
        reject(OP, "input.dtype", numbers.dtype.name, "int64", TypeError)
    if table.ndim != 2:
        reject(OP, "weight.shape", tuple(table.shape), "2 dimensions")
    index = Tensor(places(numbers, table.shape))
    (found,) = apply(TAKE, dict(input=weight, index=index), {})
    if padding_idx is None:
        return found
    is_padding = Tensor(numbers[..., None] == padding_row(padding_idx, table.shape[0]))
    tensors = dict(condition=is_padding, input=found.detach(), other=found)
    return apply(WHERE, tensors, {})[0]


def places(numbers: Array, size: Sequence[int]) -> Array:
    """Return the places (..., d) in a table of this size (rows, d) of the rows with these numbers.

    Raises IndexError for a number out of range, on a GPU later.
    """
    rows, d = size
    if numbers.size:
        in_range.check(OP, "input", numbers, rows - 1, 0, "rows")
    return numbers[..., None] * d + namespace(numbers).arange(d)


def padding_row(padding_idx: int, rows: int) -> int:
    """Return the number of the row; -1 is the last. Raises TypeError or ValueError."""
    padding = integer(OP, "padding_idx", padding_idx)
    if not -rows <= padding < rows:
        reject(OP, "padding_idx", padding, f"a row of {rows}")
    return padding % rows
