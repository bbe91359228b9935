"""Softmax and its logarithm."""

import warnings
from types import ModuleType
from typing import Any

import numpy as np

from kernels.arguments import FLOATING, reject
from kernels.softmax import log_softmax as _log_softmax
from kernels.softmax import softmax as _softmax
from nn.functional.arguments import array_of
from nn.tensor import Tensor, record


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
    dim = dimension(op, dim, x.ndim, stacklevel + 1)
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


def dimension(op: str, dim: int | None, rank: int, stacklevel: int) -> int:
    """Return `dim` or, where it is None, what PyTorch makes of that, with a warning."""
    if dim is not None:
        return dim
    message = f"{op}: dim is None; PyTorch's choice of it is deprecated: say dim=..."
    warnings.warn(message, stacklevel=stacklevel)
    return 0 if rank in (0, 1, 3) else 1
