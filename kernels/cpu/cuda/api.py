"""to_device, device_array, stream, event and the rest of numba.cuda's functions for the host."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numba.core import config

from ..arguments.device_memory import view
from .cudadrv import devices, layout
from .cudadrv.devicearray import DeviceNDArray, auto_device
from .cudadrv.devices import Context, Device, get_context, gpus, require_context
from .cudadrv.hostarrays import ManagedNDArray, MappedNDArray, pinned_memory
from .cudadrv.streams import Event, Stream, event_elapsed_time
from .unsupported import name as __getattr__  # noqa: F401  for the names that are absent

current_context = get_context


def as_cuda_array(obj: Any, sync: bool = True) -> DeviceNDArray:
    """Return a device array over the memory that `__cuda_array_interface__` describes.

    Raises TypeError where there is none, ValueError for memory that is not the CPU device's.
    """
    interface = getattr(obj, "__cuda_array_interface__", None)
    if interface is None:
        raise TypeError("*obj* doesn't implement the cuda array interface.")
    return from_cuda_array_interface(interface, obj, sync)


def from_cuda_array_interface(desc: dict, owner: Any = None, sync: bool = True) -> DeviceNDArray:
    """Return a device array over described memory; its stream is the description's."""
    handle = desc.get("stream")
    own = external_stream(handle) if handle else 0
    if own and sync and config.CUDA_ARRAY_INTERFACE_SYNC:
        own.synchronize()
    return DeviceNDArray.over(view(desc), own)


def is_cuda_array(obj: Any) -> bool:
    """Return whether an object has a `__cuda_array_interface__`."""
    return hasattr(obj, "__cuda_array_interface__")


def is_float16_supported() -> bool:
    """Return True."""
    return Device.supports_float16


def is_bfloat16_supported() -> bool:
    """Return True."""
    return Device.supports_bfloat16


def is_fp8_supported() -> bool:
    """Return False."""
    return False


def to_device(obj: Any, stream: Any = 0, copy: bool = True, to: Any = None) -> Any:
    """Copy an array, a number or a record to the device, or into the device array `to`."""
    if to is None:
        return auto_device(obj, stream, copy)[0]
    if copy:
        to.copy_to_device(obj, stream)
    return to


def device_array(
    shape: Any, dtype: Any = np.float64, strides: Any = None, order: str = "C", stream: Any = 0
) -> DeviceNDArray:
    """Return an array of new device memory. Raises TypeError or ValueError for a bad shape."""
    return DeviceNDArray(*layout.normalized(shape, strides, dtype, order), stream)


def pinned_array(
    shape: Any, dtype: Any = np.float64, strides: Any = None, order: str = "C"
) -> np.ndarray:
    """Return a new host array. On the CPU device, every host array is as good as pinned."""
    return pinned_memory(shape, dtype, strides, order)


def mapped_array(
    shape: Any,
    dtype: Any = np.float64,
    strides: Any = None,
    order: str = "C",
    stream: Any = 0,
    portable: bool = False,
    wc: bool = False,
) -> MappedNDArray:
    """Return a new array that host and device share."""
    return MappedNDArray.of(pinned_memory(shape, dtype, strides, order), stream)


def managed_array(
    shape: Any,
    dtype: Any = np.float64,
    strides: Any = None,
    order: str = "C",
    stream: Any = 0,
    attach_global: bool = True,
) -> ManagedNDArray:
    """Return a new array that host and device share."""
    return ManagedNDArray.of(pinned_memory(shape, dtype, strides, order), stream)


def _like(ary: Any) -> dict:
    """Return shape, dtype, strides and order of a packed array with this one's order of axes."""
    flags = ary.flags
    c_order, f_order = flags["C_CONTIGUOUS"], flags["F_CONTIGUOUS"]
    strides = None
    if not (c_order or f_order or ary.ndim <= 1):
        strides, step = [0] * ary.ndim, ary.dtype.itemsize
        for axis in sorted(range(ary.ndim), key=lambda axis: ary.strides[axis]):
            strides[axis] = step
            step *= ary.shape[axis]
    order = "F" if f_order and not c_order else "C"
    return {"shape": ary.shape, "dtype": ary.dtype, "strides": strides, "order": order}


def device_array_like(ary: Any, stream: Any = 0) -> DeviceNDArray:
    """Return new device memory for an array like this one."""
    return device_array(**_like(ary), stream=stream)


def mapped_array_like(
    ary: Any, stream: Any = 0, portable: bool = False, wc: bool = False
) -> MappedNDArray:
    """Return a new shared array like this one."""
    return mapped_array(**_like(ary), stream=stream)


def pinned_array_like(ary: Any) -> np.ndarray:
    """Return a new host array like this one."""
    return pinned_array(**_like(ary))


@contextlib.contextmanager
def pinned(*arylist: np.ndarray) -> Iterator[None]:
    """Do nothing: every host array is as good as pinned."""
    yield


@contextlib.contextmanager
def mapped(*arylist: np.ndarray, stream: Any = 0) -> Iterator[Any]:
    """Give device arrays over the memory of the host arrays."""
    arrays = [DeviceNDArray.over(np.asarray(ary), stream) for ary in arylist]
    yield arrays[0] if len(arrays) == 1 else arrays


def stream() -> Stream:
    """Return a new stream."""
    return get_context().create_stream()


def default_stream() -> Stream:
    """Return stream 0."""
    return get_context().get_default_stream()


legacy_default_stream = per_thread_default_stream = default_stream


def external_stream(ptr: int) -> Stream:
    """Return the stream of another library with this handle."""
    return get_context().create_external_stream(ptr)


def event(timing: bool = True) -> Event:
    """Return a new event."""
    return get_context().create_event(timing)


def synchronize() -> None:
    """Return at once: launches are done when they return."""
    get_context().synchronize()


def select_device(device_id: int) -> Device:
    """Return the device. Raises RuntimeError for a number other than 0."""
    return get_context(device_id).device


def get_current_device() -> Device:
    """Return the device."""
    return get_context().device


def list_devices() -> list[Device]:
    """Return the list of devices, which is one."""
    return gpus


def close() -> None:
    """Do nothing: memory is freed with the arrays that hold it."""
    devices.reset()


def detect() -> bool:
    """Print the devices; return whether there is one."""
    device = get_current_device()
    print("Found 1 CUDA devices")
    print(f"id 0    {device.name.decode()}    [SUPPORTED]")
    print(f"{'Compute Capability':>40}: {device.compute_capability[0]}.0 (its limits, on a CPU)")
    print(f"{'UUID':>40}: {device.uuid}")
    print("Summary:\n\t1/1 devices are supported")
    return True


def defer_cleanup() -> contextlib.AbstractContextManager[None]:
    """Do nothing: memory is freed with the arrays that hold it."""
    return get_context().defer_cleanup()


def profile_start() -> None:
    """Do nothing: there is no profiler to start."""


def profile_stop() -> None:
    """Do nothing."""


@contextlib.contextmanager
def profiling() -> Iterator[None]:
    """Do nothing."""
    yield


__all__ = [
    name
    for name, value in list(globals().items())
    if not name.startswith("_") and getattr(value, "__module__", None) == __name__
] + ["current_context", "event_elapsed_time", "gpus", "require_context", "Context"]
