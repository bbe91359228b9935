"""PyTorch's names of dtypes, which are NumPy's here."""

from typing import Any

import numpy as np

from crosscheck.kernels import dtypes
from crosscheck.kernels.arguments import reject

float16 = half = np.dtype(np.float16)
bfloat16 = dtypes.bfloat16
float32 = float = np.dtype(np.float32)
float64 = double = np.dtype(np.float64)
uint8 = np.dtype(np.uint8)
int8 = np.dtype(np.int8)
int16 = short = np.dtype(np.int16)
int32 = int = np.dtype(np.int32)
int64 = long = np.dtype(np.int64)
bool = np.dtype(np.bool_)


def numeric(op: str, dtype: Any) -> np.dtype:
    """Return a dtype of numbers, given as NumPy takes it. Raises TypeError."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind not in "biu" and not dtypes.is_floating(found):
        reject(op, "dtype", dtype, "a dtype of numbers, as nn.float32", TypeError)
    return found


NAMES = [name for name, value in globals().items() if isinstance(value, np.dtype)]
__all__ = NAMES
