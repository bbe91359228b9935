"""Shared, local and constant arrays, and loads and stores with a hint for a GPU's caches.

Shared and local memory starts as bytes of 0xFF (a NaN, or -1), so code that relies on zeros shows.
"""

import ctypes
from typing import Any

import numpy as np

from ..machine import layout
from .arrays import as_array
from .thread import current, kernel_frame
from .vectors import Vector


def dtype_of(given: Any) -> np.dtype:
    """Return the dtype that a kernel asks for: of a class of numbers or of vectors, or NumPy's."""
    if isinstance(given, type) and issubclass(given, Vector):
        return np.dtype([(letter, given.base) for letter in given.letters])
    bases = given.__mro__ if isinstance(given, type) and issubclass(given, np.generic) else ()
    numpys = (each for each in bases if each.__module__ == "numpy" and each is not np.generic)
    return np.dtype(next(numpys, given))


def _new(space: str, shape: Any, dtype: Any) -> np.ndarray:
    extents = np.atleast_1d(shape)
    if extents.min(initial=1) < 1:
        given = tuple(map(int, extents)) if len(extents) > 1 else int(extents[0])
        raise ValueError(
            f"cuda.{space}.array: shape is {given}; expected at least 1 along each axis"
        )
    array = np.empty(shape, dtype_of(dtype))
    array.reshape(-1).view(np.uint8)[:] = layout.POISON
    return as_array(array)


def shared_array(shape: Any, dtype: Any, alignment: int | None = None) -> np.ndarray:
    """Return a shared array of the block: the same for all threads at this place in the source.

    Shape 0 is the launch's dynamic shared memory, one memory for all such arrays.
    """
    block, kind = current().block, dtype_of(dtype)
    if shape == 0 or shape == (0,):
        usable = len(block.dynamic) // kind.itemsize * kind.itemsize
        return as_array(block.dynamic[:usable].view(kind))
    frame = kernel_frame()
    place = frame.f_code, frame.f_lasti, kind
    if place not in block.arrays:
        block.arrays[place] = _new("shared", shape, kind)
    return block.arrays[place]


def local_array(shape: Any, dtype: Any, alignment: int | None = None) -> np.ndarray:
    """Return a local array of the thread."""
    return _new("local", shape, dtype)


def constant_array_like(ndarray: np.ndarray) -> np.ndarray:
    """Return the array, read-only."""
    return read_only(ndarray)


def read_only(array: np.ndarray) -> np.ndarray:
    """Return a view that cannot be written: numba takes a kernel's global arrays as constants."""
    view = as_array(array)
    view.flags.writeable = False
    return view


def array_at(dtype: Any, address: Any, count: Any) -> np.ndarray:
    """Return the array over the memory at an address."""
    kind = dtype.dtype if isinstance(dtype, np.ndarray) else dtype_of(dtype)
    memory = (ctypes.c_byte * (int(count) * kind.itemsize)).from_address(int(address))
    return as_array(np.frombuffer(memory, kind))


def load(array: np.ndarray, i: Any) -> Any:
    """Return array[i]."""
    return array[i]


def load_volatile(array: np.ndarray, i: Any) -> Any:
    """Return array[i], which other threads may have to write first: they run before."""
    current().leave()
    return array[i]


def store(array: np.ndarray, i: Any, value: Any) -> None:
    """Do array[i] = value."""
    array[i] = value
