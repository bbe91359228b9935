"""Device memory, and the NumPy arrays over it that kernels take.

A device array, a hint such as `In`, or another library's array becomes a NumPy array here. Our own
objects have a method `to_kernel`; others describe their memory by `__cuda_array_interface__`. That
address may be in a GPU's memory, which a CPU cannot read, so only registered memory is accepted.
"""

import bisect
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import typeof
from numba.core import types

_memory: weakref.WeakValueDictionary[int, np.ndarray] = weakref.WeakValueDictionary()


def register(memory: np.ndarray) -> np.ndarray:
    """Accept addresses in this array's memory for as long as it lives; return the array."""
    owner = memory
    while isinstance(owner.base, np.ndarray):  # the views keep it alive, but not each other
        owner = owner.base
    _memory[owner.__array_interface__["data"][0]] = owner
    return memory


def _owner(address: int, size: int) -> np.ndarray | None:
    """Return the registered array whose memory holds these bytes."""
    starts = sorted(_memory)
    place = bisect.bisect_right(starts, address) - 1
    found = _memory.get(starts[place]) if place >= 0 else None
    return found if found is not None and address + size <= starts[place] + found.nbytes else None


def view(interface: dict) -> np.ndarray:
    """Return the array that a `__cuda_array_interface__` describes.

    Raises ValueError for memory that is not the CPU device's, NotImplementedError for a mask.
    """
    if interface.get("mask") is not None:
        raise NotImplementedError("Masked arrays are not supported: __cuda_array_interface__")
    shape, dtype = tuple(interface["shape"]), np.dtype(interface["typestr"])
    if "descr" in interface and dtype.kind == "V":
        dtype = np.dtype(interface["descr"])
    address, read_only = interface["data"]
    strides = interface.get("strides")
    if 0 in shape:
        return np.empty(shape, dtype)
    reach = [(n - 1) * s for n, s in zip(shape, strides or (), strict=False)]
    before = -sum(step for step in reach if step < 0)
    after = (
        sum(step for step in reach if step > 0)
        if strides
        else dtype.itemsize * (math.prod(shape) - 1)
    )
    owner = _owner(address - before, before + after + dtype.itemsize)
    if owner is None:
        expected = "memory of the CPU device, as to_device and device_array make"
        raise ValueError(
            f"an array at address {address:#x} is in a GPU's memory; expected {expected}"
        )
    offset = address - owner.__array_interface__["data"][0]
    array = np.ndarray(shape, dtype, buffer=owner, offset=offset, strides=strides)
    array.flags.writeable = not read_only
    return array


class _WriteableArray(types.Array):
    """The type of an array that numba must not treat as constant, as it treats read-only ones."""

    def copy(self, **changes: Any) -> types.Array:
        return super().copy(**changes | {"readonly": False})


class CapturedArray:
    """A device array that a kernel refers to as a global: its memory, not its values."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        own = typeof(array)
        self._numba_type_ = _WriteableArray(own.dtype, own.ndim, own.layout, aligned=own.aligned)

    def to_kernel(self, afterwards: list[Callable[[], None]]) -> np.ndarray:
        """Return the memory itself."""
        return self._array


def captured_array(value: Any) -> Any:
    """Return the value of a kernel's global; a device array becomes a CapturedArray."""
    is_device = not isinstance(value, type) and hasattr(value, "__cuda_array_interface__")
    return CapturedArray(kernel_argument(value, [])) if is_device else value


def kernel_argument(value: Any, afterwards: list[Callable[[], None]]) -> Any:
    """Return what a kernel takes for `value`; add to `afterwards` what to call after the launch."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, tuple):
        items = [kernel_argument(item, afterwards) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    own = getattr(value, "to_kernel", None)
    if own is not None:
        return own(afterwards)
    interface = getattr(value, "__cuda_array_interface__", None)
    return value if interface is None else view(interface)
