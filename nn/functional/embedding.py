"""Rows of a table by their numbers."""

import numpy as np

from crosscheck.kernels import in_range
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.elementwise.where import WHERE
from crosscheck.kernels.indexing.take import TAKE
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """Return the rows of a weight (rows, d) with the numbers of an int64 input, (..., d).

    The gradient of a row is the sum over all places that took it, in one order in every run; that
    of the row `padding_idx` is left out. Raises IndexError for a number out of range, on a GPU
    later: see `kernels.deferred`.
    """
    op = "embedding"
    numbers, table = array_of(op, "input", input), array_of(op, "weight", weight)
    if numbers.dtype != np.int64:
        reject(op, "input.dtype", numbers.dtype.name, "int64", TypeError)
    if table.ndim != 2:
        reject(op, "weight.shape", tuple(table.shape), "2 dimensions")
    rows, d = table.shape
    if numbers.size:
        in_range.check(op, "input", numbers, rows - 1, 0, "rows")
    places = Tensor(numbers[..., None] * d + namespace(numbers).arange(d))
    (found,) = apply(TAKE, dict(input=weight, index=places), {})
    if padding_idx is None:
        return found
    padding = integer(op, "padding_idx", padding_idx)
    if not -rows <= padding < rows:
        reject(op, "padding_idx", padding, f"a row of {rows}")
    is_padding = Tensor(numbers[..., None] == padding % rows)
    tensors = dict(condition=is_padding, input=found.detach(), other=found)
    return apply(WHERE, tensors, {})[0]
