"""Allocation of device memory, which is registered for launches.

New memory is filled with 0xFF, a NaN or -1, so code that relies on zeros fails. Under initcheck, a
kernel that reads it raises InitError.
"""

import ctypes
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...arguments.device_memory import register
from ...arguments.types import numba_type
from ...machine.layout import POISON
from ...sanitizer import unwritten
from . import layout

_UNIT = 512  # bytes: as on a GPU, allocations are multiples, so a short overrun hits nothing


class MemoryPointer:
    """The address and the size in bytes of device memory."""

    __cuda_memory__ = True

    def __init__(self, address: int, size: int) -> None:
        self.device_pointer, self.size = address, size

    def __int__(self) -> int:
        return self.device_pointer

    @property
    def device_ctypes_pointer(self) -> ctypes.c_void_p:
        """The address."""
        return ctypes.c_void_p(self.device_pointer)

    def __eq__(self, other: Any) -> bool:
        own = self.device_pointer, self.size
        return isinstance(other, MemoryPointer) and own == (other.device_pointer, other.size)

    def __hash__(self) -> int:
        return hash((self.device_pointer, self.size))


def _aligned(size: int) -> np.ndarray:
    """Return poisoned bytes, aligned and padded like an allocation on a GPU."""
    whole = np.full(-(-size // _UNIT) * _UNIT + _UNIT, POISON, np.uint8)
    start = -whole.__array_interface__["data"][0] % _UNIT
    return whole[start : start + size]


def allocate(shape: tuple, strides: tuple, dtype: np.dtype) -> np.ndarray:
    """Return an array over new memory, poisoned and registered."""
    reach = sum((n - 1) * abs(step) for n, step in zip(shape, strides, strict=True))
    size = reach + dtype.itemsize if math.prod(shape) else 0
    memory = unwritten.watch(_aligned(size))
    if size:
        register(memory)
    before = sum((n - 1) * -step for n, step in zip(shape, strides, strict=True) if step < 0)
    return np.ndarray(shape, dtype, memory, before if size else 0, strides)


class DeviceMemory:
    """Base class of all arrays in device memory."""

    __cuda_memory__ = True
    __cuda_ndarray__ = True
    stream: Any = 0

    @property
    def host_view(self) -> np.ndarray:
        """The elements, as a NumPy array over the same memory."""
        raise NotImplementedError

    def to_kernel(self, afterwards: list[Callable]) -> np.ndarray:
        """Return what a kernel takes: the memory itself."""
        return self.host_view

    @property
    def __cuda_array_interface__(self) -> dict:
        interface = self.host_view.__array_interface__
        wanted = {name: interface[name] for name in ("shape", "strides", "data", "typestr")}
        if not self.size:
            wanted["data"] = 0, False
        if self.host_view.dtype.names:
            wanted["descr"] = interface["descr"]
        stream = int(self.stream) if self.stream else None
        return wanted | {"version": 3, "stream": stream}

    @property
    def _numba_type_(self) -> Any:
        return numba_type("an array", self.host_view)

    @property
    def device_ctypes_pointer(self) -> ctypes.c_void_p:
        """The address of the first element."""
        return ctypes.c_void_p(self.host_view.__array_interface__["data"][0] if self.size else 0)

    @property
    def gpu_data(self) -> "MemoryPointer":
        """The address and the size of the memory."""
        return MemoryPointer(self.device_ctypes_pointer.value or 0, self.alloc_size)

    @property
    def alloc_size(self) -> int:
        """The bytes from the first to the last element."""
        view = self.host_view
        reach = sum((n - 1) * abs(s) for n, s in zip(view.shape, view.strides, strict=True))
        return reach + view.itemsize if view.size else 0

    def copy_to_host(self, ary: np.ndarray | None = None, stream: Any = 0) -> np.ndarray:
        """Copy to `ary`, which has this shape, dtype and layout, or to a new array; return it.

        Raises TypeError or ValueError where they differ.
        """
        view = self.host_view
        if any(step < 0 for step in view.strides):
            raise NotImplementedError(
                f"D->H copy not implemented for negative strides: {view.strides}"
            )
        if ary is None:
            return view.copy(order="K")
        layout.check_same(view, ary)
        np.copyto(ary, view.reshape(ary.shape))
        return ary

    def copy_to_device(self, ary: Any, stream: Any = 0) -> None:
        """Copy from a host or a device array of this shape and dtype.

        Another device array must also have the same layout. Raises TypeError or ValueError.
        """
        if ary.size == 0:
            return
        view = self.host_view
        layout.require_contiguous(view)
        if is_cuda_ndarray(ary):
            layout.require_contiguous(ary.host_view)
            layout.check_same(layout.array_core(view), layout.array_core(ary.host_view))
            np.copyto(view, ary.host_view.reshape(view.shape))
        else:
            given = layout.array_core(np.asanyarray(ary))
            core = layout.array_core(view)
            layout.check_same(core, given, strides=False)
            np.copyto(core, given.reshape(core.shape))


def is_cuda_ndarray(obj: Any) -> bool:
    """Return whether an object is an array in device memory."""
    return getattr(obj, "__cuda_ndarray__", False)


def require_cuda_ndarray(obj: Any) -> None:
    """Raise ValueError unless an object is an array in device memory."""
    if not is_cuda_ndarray(obj):
        raise ValueError(f"require an cuda ndarray object; got {type(obj).__qualname__}")


verify_cuda_ndarray_interface = require_cuda_ndarray
