"""The part of numba.cuda.cudadrv.driver that has a meaning on a CPU: copies, streams, events.

Memory is given as a device array, a MemoryPointer, a NumPy array or an address.
"""

import ctypes
from typing import Any

from .devices import Context, Device, MemoryInfo  # noqa: F401
from .error import CudaAPIError, CudaDriverError, CudaSupportError  # noqa: F401
from .memory import MemoryPointer
from .streams import Event, Stream, event_elapsed_time  # noqa: F401


def _address(memory: Any) -> int:
    if isinstance(memory, int):
        return memory
    return device_pointer(memory) if is_device_memory(memory) else memory.ctypes.data


def device_pointer(obj: Any) -> int:
    """Return the address of device memory. Raises TypeError for other memory."""
    require_device_memory(obj)
    return obj.device_ctypes_pointer.value or 0


def device_memory_size(devmem: Any) -> int:
    """Return the size of device memory in bytes. Raises TypeError for other memory."""
    require_device_memory(devmem)
    return devmem.size if isinstance(devmem, MemoryPointer) else devmem.alloc_size


def device_to_host(dst: Any, src: Any, size: int, stream: Any = 0) -> None:
    """Copy `size` bytes."""
    ctypes.memmove(_address(dst), _address(src), size)


host_to_device = device_to_device = device_to_host


def device_memset(dst: Any, val: int, size: int, stream: Any = 0) -> None:
    """Set `size` bytes to `val`."""
    ctypes.memset(_address(dst), val, size)


def is_device_memory(obj: Any) -> bool:
    """Return whether an object is device memory."""
    return getattr(obj, "__cuda_memory__", False)


def require_device_memory(obj: Any) -> None:
    """Raise TypeError unless an object is device memory."""
    if not is_device_memory(obj):
        raise TypeError("Not a CUDA memory object.")


class _Driver:
    """CUDA's driver: a CPU has none of its functions."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the CPU device has no driver, so no {name}")


driver = _Driver()


class LinkerError(RuntimeError):
    """An error of NVIDIA's linker. It is never raised."""


class DeadMemoryError(RuntimeError):
    """A use of memory that was freed. It is never raised."""


def _have_nvjitlink() -> bool:
    return False
