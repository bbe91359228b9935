"""A floating array in another dtype: rounded to nearest even where it gets shorter.

Between float32 and 16 bits it is the kernel of clone.py on arrays of both dtypes: an element is
read as float32, and rounded where it is written. From one 16-bit dtype to the other, and between
16 bits and float64, float32 lies between, which holds either 16-bit dtype exactly; float64 is so
rounded twice, as by PyTorch. float64 to float32 and back is the array library's.
"""

from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array, empty_of, namespace
from crosscheck.kernels.dtypes import SHORT, is_floating
from crosscheck.kernels.elementwise.clone import copy


def cast(array: Array, dtype: Any) -> Array:
    """Return a floating array in a floating dtype, in its memory order; itself if it has that."""
    dtype = np.dtype(dtype)
    if array.dtype == dtype:
        return array
    if array.dtype.type in SHORT and dtype != np.float32:
        return cast(cast(array, np.float32), dtype)
    if array.dtype == np.float64 and dtype.type in SHORT:
        return cast(array.astype(np.float32), dtype)
    if dtype == np.float64 or array.dtype == np.float64:
        return array.astype(dtype)
    made = empty_of(namespace(array), array.shape, dtype, array.strides)
    copy(array, made)
    return made


def converted(array: Array, dtype: Any) -> Array:
    """Return an array in another dtype: `cast`, or the library's where either is of integers."""
    dtype = np.dtype(dtype)
    if is_floating(array.dtype) and is_floating(dtype):
        return cast(array, dtype)
    return array.astype(dtype, copy=False)
