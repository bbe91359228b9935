"""The floating dtypes of arrays, and the one that kernels compute in for each.

An array of float16 or bfloat16 is storage: a kernel reads its elements as float32, and what it
writes is rounded to nearest even. So are sums, statistics and workspaces float32 beside it.
"""

from collections.abc import Iterable
from typing import Any

import ml_dtypes
import numpy as np

bfloat16 = np.dtype(ml_dtypes.bfloat16)  # NumPy itself has none
SHORT = (np.float16, bfloat16.type)
REALS = (np.float32, np.float64)  # in which kernels compute
FLOATING = (*REALS, *SHORT)
BFLOAT16_GPUS = 8, 0  # the compute capability from which a GPU rounds to bfloat16


def is_floating(dtype: np.dtype) -> bool:
    """Return whether kernels compute with numbers of this dtype: NumPy's kind of bfloat16 is V."""
    return dtype.type in FLOATING


def computed(dtype: Any) -> np.dtype:
    """Return the dtype in which kernels compute what is read from arrays of this one."""
    found = np.dtype(dtype)
    return np.dtype(np.float32) if found.type in SHORT else found


def real_of(dtypes: Iterable[type]) -> type | None:
    """Return what `real` means for a launch with arrays of these floating dtypes, None if for none.

    They are one dtype, or float32 and one of 16 bits. Returns float32 where there are none.
    """
    found = set(dtypes)
    reals = {computed(each).type for each in found} or {np.float32}
    return None if len(reals) > 1 or len(found & set(SHORT)) > 1 else reals.pop()
