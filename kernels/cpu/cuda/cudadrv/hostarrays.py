"""Pinned, mapped and managed arrays: NumPy arrays that host and device share."""

from typing import Any

import numpy as np

from . import layout
from .memory import DeviceMemory, allocate


def pinned_memory(shape: Any, dtype: Any, strides: Any, order: str) -> np.ndarray:
    """Return a new host array. Raises TypeError or ValueError for a bad shape."""
    return allocate(*layout.normalized(shape, strides, dtype, order))


class SharedNDArray(DeviceMemory, np.ndarray):
    """An array that both host and device use, without copies."""

    @classmethod
    def of(cls, array: np.ndarray, stream: Any) -> "SharedNDArray":
        """Return the shared array of this memory."""
        made = array.view(cls)
        made.stream = stream
        return made

    @property
    def host_view(self) -> np.ndarray:
        """The elements, as a plain NumPy array."""
        return self.view(np.ndarray)


class MappedNDArray(SharedNDArray):
    """Host memory that the device sees."""


class ManagedNDArray(SharedNDArray):
    """Memory that CUDA migrates between host and device."""
