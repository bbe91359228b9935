"""The two kinds of array a kernel takes: NumPy on the CPU device, CuPy on the CUDA device.

CuPy is imported only when somebody hands us a CuPy array, so nothing here needs a GPU.
"""

import sys
from typing import Any

import numpy as np

from crosscheck.kernels.cpu.sanitizer import fresh

Array = Any  # numpy.ndarray or cupy.ndarray: CuPy is optional, so it cannot be named here


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

    Under initcheck a kernel that reads it before somebody wrote it is found.
    """
    array = namespace(like).empty(shape, dtype)
    return fresh.watched(array) if isinstance(array, np.ndarray) else array
