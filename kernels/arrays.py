"""The two kinds of array a kernel takes: NumPy on the CPU device, CuPy on the CUDA device.

CuPy is imported only when somebody hands us a CuPy array, so nothing here needs a GPU.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any  # numpy.ndarray or cupy.ndarray: CuPy is optional, so it cannot be named here

on_empty: list[Callable[[np.ndarray], Any]] = []  # called with every NumPy array that `empty` makes


def device(array: Any) -> str | None:
    """Return "cpu" for a NumPy array, "cuda" for a CuPy array, None for anything else."""
    if isinstance(array, np.ndarray):
        return "cpu"
    cupy = sys.modules.get("cupy")  # a CuPy array exists only where CuPy is already imported
    if cupy is not None and isinstance(array, cupy.ndarray):
        return "cuda"
    return None


def namespace(array: Array):
    """Return the module that made the array: numpy or cupy."""
    return np if isinstance(array, np.ndarray) else sys.modules["cupy"]


def empty(shape: tuple[int, ...], dtype: Any, like: Array) -> Array:
    """Return an uninitialised C-contiguous array on the device of `like`.

    Under the sanitizer's initcheck, a kernel that reads it before it was written raises InitError.
    """
    array = namespace(like).empty(shape, dtype)
    if isinstance(array, np.ndarray):
        for callback in on_empty:
            callback(array)
    return array
