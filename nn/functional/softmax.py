"""Softmax and its logarithm."""

import warnings
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import either, reject
from crosscheck.kernels.dtypes import FLOATING
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.softmax.log_softmax import LOG_SOFTMAX
from crosscheck.kernels.softmax.softmax import SOFTMAX
from crosscheck.nn.devices import to
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor

NO_DIM = "dim is None; PyTorch's choice of it is deprecated: say dim=..."


@public
def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Make every row along `dim` positive with a sum of 1: exp(x) / sum of exp(x).

    With `dtype`, a floating one, the input is first converted to it.
    """
    return _along(SOFTMAX, input, dim, _stacklevel, dtype)


@public
def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Take the logarithm of `softmax`, without going through numbers that underflow."""
    return _along(LOG_SOFTMAX, input, dim, _stacklevel, dtype)


def _along(
    operator: Operator, input: Tensor, dim: int | None, stacklevel: int, dtype: Any
) -> Tensor:
    x = array_of(operator.name, "input", input)
    if dim is None:
        warnings.warn(f"{operator.name}: {NO_DIM}", stacklevel=stacklevel)
        dim = default_dim(x.ndim)
    if dtype is not None:
        if np.dtype(dtype).type not in FLOATING:
            reject(operator.name, "dtype", dtype, either(FLOATING), TypeError)
        input = to(input, dtype=dtype)
    return apply(operator, dict(input=input), dict(dim=dim))[0]


def default_dim(rank: int) -> int:
    """Return what PyTorch takes where dim is None."""
    return 0 if rank in (0, 1, 3) else 1
