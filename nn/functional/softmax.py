"""Softmax and its logarithm."""

import warnings
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import FLOATING, reject
from crosscheck.kernels.softmax import log_softmax as _log_softmax
from crosscheck.kernels.softmax import softmax as _softmax
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record

NO_DIM = "dim is None; PyTorch's choice of it is deprecated: say dim=..."


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Make every row along `dim` positive with a sum of 1: exp(x) / sum of exp(x).

    With `dtype`, float32 or float64, the input is first converted to it.
    """
    return _along("softmax", _softmax, input, dim, _stacklevel, dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Take the logarithm of `softmax`, without going through numbers that underflow."""
    return _along("log_softmax", _log_softmax, input, dim, _stacklevel, dtype)


def _along(
    op: str, family: ModuleType, input: Tensor, dim: int | None, stacklevel: int, dtype: Any
) -> Tensor:
    x = array_of(op, "input", input)
    if dim is None:
        warnings.warn(f"{op}: {NO_DIM}", stacklevel=stacklevel)
        dim = default_dim(x.ndim)
    given = x.dtype
    if dtype is not None:
        if np.dtype(dtype).type not in FLOATING:
            reject(op, "dtype", dtype, "float32 or float64", TypeError)
        x = x.astype(dtype, copy=False)
    y = family.forward(x, dim)
    output = Tensor(y)
    return record(
        op,
        output,
        (input, lambda dy: family.input_gradient(dy, y, dim).astype(given, copy=False), output),
    )


def default_dim(rank: int) -> int:
    """Return what PyTorch takes where dim is None."""
    return 0 if rank in (0, 1, 3) else 1
