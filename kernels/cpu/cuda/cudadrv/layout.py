"""Shapes and strides, and what may be copied to what: the rules of numba-cuda's device arrays."""

import math
from typing import Any

import numpy as np

errmsg_contiguous_buffer = (
    "Array contains non-contiguous buffer and cannot be transferred as a single memory region. "
    "Please ensure contiguous buffer with numpy .ascontiguousarray()"
)


def normalized(shape: Any, strides: Any, dtype: Any, order: str = "C") -> tuple:
    """Return shape and strides as tuples, and the dtype. Raises TypeError or ValueError."""
    if not isinstance(shape, (int, np.integer, tuple, list)) and (
        not isinstance(shape, np.ndarray) or shape.dtype.kind not in "iu"
    ):
        raise TypeError("shape must be an integer or tuple of integers")
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    for extent in shape:
        if not isinstance(extent, (int, np.integer)):
            raise TypeError(f"shape elements must be integers, got {type(extent).__name__}")
    shape, dtype = tuple(int(extent) for extent in shape), np.dtype(dtype)
    if order not in ("C", "F"):
        raise ValueError("must be either C/F order")
    if isinstance(strides, (int, np.integer)):
        strides = (int(strides),)
    elif not strides:
        strides = packed_strides(shape, dtype.itemsize, order)
    if len(strides) != len(shape):
        raise ValueError("strides not match ndim")
    return shape, tuple(int(step) for step in strides), dtype


def packed_strides(shape: tuple, itemsize: int, order: str) -> tuple:
    """Return the strides of a packed array."""
    if order == "F":
        return tuple(itemsize * math.prod(shape[:axis]) for axis in range(len(shape)))
    return tuple(itemsize * math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def array_core(ary: Any) -> Any:
    """Return the part of a broadcast array that is stored."""
    if not ary.strides or not ary.size:
        return ary
    return ary[(*(0 if step == 0 else slice(None) for step in ary.strides), ...)]


def is_contiguous(ary: Any) -> bool:
    """Return whether the stored part of an array is packed in C order."""
    expected = ary.dtype.itemsize
    for extent, step in zip(reversed(ary.shape), reversed(ary.strides), strict=True):
        if extent > 1 and step != 0:
            if step != expected:
                return False
            expected *= extent
    return True


def require_contiguous(array: np.ndarray) -> None:
    """Raise ValueError for an array that is not contiguous."""
    flags = array_core(array).flags
    if not flags.c_contiguous and not flags.f_contiguous:
        raise ValueError(errmsg_contiguous_buffer)


def check_same(one: np.ndarray, other: Any, strides: bool = True) -> None:
    """Raise TypeError or ValueError unless dtype, shape and, with `strides`, strides agree.

    Axes of one element are ignored.
    """
    if one.dtype != other.dtype:
        raise TypeError(f"incompatible dtype: {one.dtype} vs. {other.dtype}")
    squeezed, other_squeezed = one.squeeze(), other.squeeze()
    if squeezed.shape != other_squeezed.shape:
        raise ValueError(f"incompatible shape: {one.shape} vs. {other.shape}")
    if strides and one.size and squeezed.strides != other_squeezed.strides:
        raise ValueError(f"incompatible strides: {one.strides} vs. {other.strides}")


def check_index(item: Any) -> None:
    """Raise TypeError for an index that a device array does not take."""
    for part in item if isinstance(item, tuple) else (item,):
        if part is not Ellipsis and not isinstance(part, (int, np.integer, slice)):
            expected = "integers, slices and ..."
            raise TypeError(f"a device array is indexed with {part!r}; expected {expected}")


def check_assigned(target: Any, value: np.ndarray) -> None:
    """Raise ValueError where an array does not fit the elements it is assigned to."""
    if value.ndim > np.ndim(target):
        raise ValueError(f"Can't assign {value.ndim}-D array to {np.ndim(target)}-D self")
    extents = (1,) * (np.ndim(target) - value.ndim) + value.shape
    for axis, (wanted, given) in enumerate(zip(np.shape(target), extents, strict=True)):
        if given not in (1, wanted):
            where = f"array axis {axis} with dimension {wanted}"
            raise ValueError(f"Can't copy sequence with size {given} to {where}")


def without_a_copy(array: np.ndarray, shape: tuple, order: str) -> np.ndarray:
    """Return the same memory in another shape. Raises NotImplementedError where it must move."""
    if order == "A":
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    if math.prod(shape) == array.size or -1 in shape:
        moved = array.reshape(shape, order=order)
        contiguous = array.flags.c_contiguous or array.flags.f_contiguous
        if array.size and not (contiguous and np.shares_memory(moved, array)):
            raise NotImplementedError("operation requires copying")
        return moved
    raise ValueError(f"cannot reshape an array of {array.size} elements into {tuple(shape)}")


def reinterpreted(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return the same bytes as another dtype. Raises ValueError where they do not divide."""
    if array.dtype.itemsize != dtype.itemsize:
        if not array.flags.c_contiguous:
            raise ValueError(
                "To change to a dtype of a different size, the array must be C-contiguous"
            )
        if array.shape[-1] * array.dtype.itemsize % dtype.itemsize:
            raise ValueError(
                "When changing to a larger dtype, its size must be a divisor of the total size in "
                "bytes of the last axis of the array."
            )
    return array.view(dtype)
