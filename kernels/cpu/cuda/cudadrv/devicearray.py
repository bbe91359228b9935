"""Device arrays: NumPy memory, which the host may use only as it may use a GPU's.

The host sees their elements through copies, indexing and assignment. Operations that arrays on a
GPU lack, such as sums and fancy indexing, are missing here, too, so that no script relies on them.
"""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numba import typeof

from ...arguments.device_memory import view
from . import layout
from .layout import array_core, errmsg_contiguous_buffer, is_contiguous  # noqa: F401  names of numba.cuda's module
from .memory import (  # noqa: F401  the same
    DeviceMemory,
    allocate,
    is_cuda_ndarray,
    require_cuda_ndarray,
    verify_cuda_ndarray_interface,
)


class DeviceNDArray(DeviceMemory):
    """An array in device memory."""

    def __init__(self, shape: Any, strides: Any, dtype: Any, stream: Any = 0) -> None:
        self._array = allocate(*layout.normalized(shape, strides, dtype))
        self.stream = stream

    @classmethod
    def over(cls, array: np.ndarray, stream: Any = 0) -> "DeviceNDArray":
        """Return the device array over registered memory."""
        made = object.__new__(cls)
        made._array, made.stream = array, stream
        return made

    def _like(self, array: np.ndarray, stream: Any = 0) -> "DeviceNDArray":
        return type(self).over(array, stream or self.stream)

    host_view = property(lambda self: self._array)
    shape = property(lambda self: self._array.shape)
    strides = property(lambda self: self._array.strides)
    dtype = property(lambda self: self._array.dtype)
    ndim = property(lambda self: self._array.ndim)
    size = property(lambda self: self._array.size)
    nbytes = property(lambda self: self._array.nbytes)
    T = property(lambda self: self.transpose())

    @property
    def flags(self) -> dict:
        """C_CONTIGUOUS and F_CONTIGUOUS."""
        flags = self._array.flags
        return {name: flags[name] for name in ("C_CONTIGUOUS", "F_CONTIGUOUS")}

    def is_c_contiguous(self) -> bool:
        """Return whether it is packed with the last index varying fastest."""
        return self._array.flags.c_contiguous

    def is_f_contiguous(self) -> bool:
        """Return whether it is packed with the first index varying fastest."""
        return self._array.flags.f_contiguous

    def bind(self, stream: Any = 0) -> "DeviceNDArray":
        """Return the same array with another stream."""
        return type(self).over(self._array, stream)

    def __len__(self) -> int:
        return len(self._array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("`copy=False` is not supported. A copy is always created.")
        return self.copy_to_host().astype(dtype or self.dtype, copy=False)

    def __getitem__(self, item: Any) -> Any:
        return self.getitem(item)

    def getitem(self, item: Any, stream: Any = 0) -> Any:
        """Return an element, a record in device memory, or a view of the array."""
        layout.check_index(item)
        found = self._array[item]
        if isinstance(found, np.ndarray):
            return self._like(found, stream)
        if self.dtype.names is None:
            return found
        place = item if isinstance(item, tuple) else (item,)
        return DeviceRecord.over(self._array[(*place, ...)], stream or self.stream)

    def __setitem__(self, item: Any, value: Any) -> None:
        self.setitem(item, value)

    def setitem(self, item: Any, value: Any, stream: Any = 0) -> None:
        """Assign an element, a host array or a device array. Raises ValueError for other shapes."""
        layout.check_index(item)
        value = value.host_view if is_cuda_ndarray(value) else np.asarray(value)
        layout.check_assigned(self._array[item], value)
        self._array[item] = value

    def reshape(self, *newshape: Any, order: str = "C") -> "DeviceNDArray":
        """Return the same memory in another shape; NotImplementedError where it must move."""
        shape = newshape[0] if len(newshape) == 1 and not np.isscalar(newshape[0]) else newshape
        return self._like(layout.without_a_copy(self._array, shape, order))

    def ravel(self, order: str = "C", stream: Any = 0) -> "DeviceNDArray":
        """Return the same memory in one dimension; NotImplementedError where it must move."""
        return self._like(layout.without_a_copy(self._array, (-1,), order), stream)

    def squeeze(self, axis: Any = None, stream: Any = 0) -> "DeviceNDArray":
        """Return the array without its axes of one element."""
        return self._like(self._array.squeeze(axis), stream)

    def view(self, dtype: Any) -> "DeviceNDArray":
        """Return the same bytes as another dtype. Raises ValueError where they do not divide."""
        return self._like(layout.reinterpreted(self._array, np.dtype(dtype)))

    def transpose(self, axes: Any = None) -> "DeviceNDArray":
        """Return a transposed copy of a matrix."""
        if axes and tuple(axes) == tuple(range(self.ndim)):
            return self
        if self.ndim != 2:
            raise NotImplementedError("transposing a non-2D DeviceNDArray isn't supported")
        if axes is not None and set(axes) != {0, 1}:
            raise ValueError(f"invalid axes list {axes!r}")
        turned = from_array_like(np.empty(self.shape[::-1], self.dtype), self.stream)
        turned._array[...] = self._array.T
        return turned

    def split(self, section: int, stream: Any = 0) -> Iterator["DeviceNDArray"]:
        """Yield views of `section` elements; the last may be shorter."""
        if self.ndim != 1:
            raise ValueError("only support 1d array")
        if self.strides[0] != self.dtype.itemsize:
            raise ValueError("only support unit stride")
        for begin in range(0, self.size, section):
            yield self._like(self._array[begin : begin + section], stream)

    def get_ipc_handle(self) -> None:
        """Raise NotImplementedError."""
        raise NotImplementedError("get_ipc_handle: the CPU device shares no memory with processes")


class DeviceRecord(DeviceNDArray):
    """One record in device memory. Its fields are read and assigned by name."""

    def __init__(self, dtype: Any, stream: Any = 0) -> None:
        super().__init__((), (), dtype, stream)

    @property
    def _numba_type_(self) -> Any:
        return typeof(self._array[()])

    def to_kernel(self, afterwards: list[Callable]) -> np.void:
        """Return what a kernel takes: the memory itself."""
        return self._array[()]

    def copy_to_host(self, ary: Any = None, stream: Any = 0) -> Any:
        """Copy to a record or a 0-D array, or to a new record; return it."""
        if not isinstance(ary, np.void):
            return super().copy_to_host(ary, stream)
        layout.check_same(self._array, ary)
        ctypes.memmove(
            ary.__array_interface__["data"][0], self.gpu_data.device_pointer, self.nbytes
        )
        return ary

    def getitem(self, item: str, stream: Any = 0) -> Any:
        """Return a number, or a record or an array in device memory."""
        field = self._array[item]
        if field.dtype.names and not field.ndim:
            return DeviceRecord.over(field, stream or self.stream)
        return DeviceNDArray.over(field, stream or self.stream) if field.ndim else field[()]

    def setitem(self, item: str, value: Any, stream: Any = 0) -> None:
        """Assign a field."""
        self._array[item] = value


def from_array_like(ary: Any, stream: Any = 0) -> DeviceNDArray:
    """Return new device memory laid out like an array."""
    return DeviceNDArray(ary.shape, ary.strides, ary.dtype, stream)


def from_record_like(rec: Any, stream: Any = 0) -> DeviceRecord:
    """Return new device memory for a record."""
    return DeviceRecord(rec.dtype, stream)


def auto_device(
    obj: Any, stream: Any = 0, copy: bool = True, user_explicit: bool = False
) -> tuple[Any, bool]:
    """Return an object as device memory, and whether that is new.

    Raises ValueError for an array that is not contiguous: it cannot be copied in one piece.
    """
    if getattr(obj, "__cuda_memory__", False):
        return obj, False
    interface = getattr(obj, "__cuda_array_interface__", None)
    if interface is not None:
        return DeviceNDArray.over(view(interface), stream), False
    if isinstance(obj, np.void):
        record = from_record_like(obj, stream)
        record.host_view[...] = obj
        return record, True
    array = np.asanyarray(obj)
    layout.require_contiguous(array)
    made = from_array_like(array, stream)
    if copy:
        made.copy_to_device(array)
    return made, True
