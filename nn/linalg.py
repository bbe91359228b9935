"""`torch.linalg`: norms of vectors."""

from typing import Any

from crosscheck.kernels.reduction.axes import Dim
from crosscheck.kernels.reduction.vector_norm import VECTOR_NORM
from crosscheck.nn.devices import to
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor


def vector_norm(
    input: Tensor,
    ord: float = 2,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """(sum of |input|^ord)^(1 / ord) over some dimensions, or over all.

    With an ord of 0 the number of elements that are not 0, of infinity the largest |input|, of
    -infinity the smallest. Where the norm is 0 its gradient is, too. Raises ValueError, TypeError,
    IndexError.
    """
    array_of("vector_norm", "input", input)
    input = input if dtype is None else to(input, dtype=dtype)
    return apply(VECTOR_NORM, dict(input=input), dict(ord=ord, dim=dim, keepdim=keepdim))[0]
