"""The one device, and its context.

Its limits are those of the CPU device, a Hopper GPU's (machine/layout.py). Its multiprocessors are
the cores that a launch uses.
"""

import contextlib
import functools
import itertools
import os
import platform
import uuid
from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

from ...machine import layout, pool
from .streams import Event, Stream

MemoryInfo = namedtuple("MemoryInfo", "free,total")

_handles = itertools.count(1)


class Device:
    """This computer, as a device. Other attributes of a GPU raise AttributeError."""

    id = 0
    compute_capability = (9, 0)
    COMPUTE_CAPABILITY_MAJOR, COMPUTE_CAPABILITY_MINOR = compute_capability
    WARP_SIZE = layout.WARP_SIZE
    MAX_THREADS_PER_BLOCK = layout.MAX_THREADS
    MAX_BLOCK_DIM_X, MAX_BLOCK_DIM_Y, MAX_BLOCK_DIM_Z = 1024, 1024, 64
    MAX_GRID_DIM_X, MAX_GRID_DIM_Y, MAX_GRID_DIM_Z = 2**31 - 1, 65535, 65535
    MAX_SHARED_MEMORY_PER_BLOCK = layout.MAX_STATIC_SHARED
    MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = layout.MAX_SHARED
    UNIFIED_ADDRESSING = MANAGED_MEMORY = CAN_MAP_HOST_MEMORY = INTEGRATED = 1
    COOPERATIVE_LAUNCH = CONCURRENT_MANAGED_ACCESS = PAGEABLE_MEMORY_ACCESS = 1
    KERNEL_EXEC_TIMEOUT = TCC_DRIVER = PCI_BUS_ID = PCI_DEVICE_ID = PCI_DOMAIN_ID = 0
    SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO = 2
    supports_float16, supports_bfloat16, supports_fp8 = True, True, False

    @property
    def name(self) -> bytes:
        """The device's name, as bytes, like numba's."""
        return f"CPU device of Crosscheck ({platform.machine()})".encode()

    @property
    def uuid(self) -> str:
        """An identifier of this computer's device."""
        return f"CPU-{uuid.uuid5(uuid.NAMESPACE_DNS, platform.node())}"

    @property
    def MULTIPROCESSOR_COUNT(self) -> int:  # noqa: N802  CUDA's name
        """How many cores a launch uses."""
        return pool.cores()

    def __repr__(self) -> str:
        return f"<{self.name.decode()}>"

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *exception: Any) -> None:
        return None

    def get_primary_context(self) -> "Context":
        """Return the context, of which there is one."""
        return _context

    def reset(self) -> None:
        """Do nothing: memory is freed with the arrays that hold it."""


class Context:
    """What `current_context()` returns; it creates streams and events."""

    def __init__(self, device: Device) -> None:
        self.device = device

    def synchronize(self) -> None:
        """Return at once: launches are done when they return."""

    def reset(self) -> None:
        """Do nothing: memory is freed with the arrays that hold it."""

    def push(self) -> None:
        """Do nothing: it is the current context."""

    def pop(self) -> None:
        """Do nothing: there is no other context."""

    def get_memory_info(self) -> MemoryInfo:
        """Return the free and the total bytes of memory."""
        page = os.sysconf("SC_PAGE_SIZE")
        return MemoryInfo(page * os.sysconf("SC_AVPHYS_PAGES"), page * os.sysconf("SC_PHYS_PAGES"))

    def create_stream(self) -> Stream:
        """Return a new stream."""
        return Stream(next(_handles))

    def create_external_stream(self, ptr: int) -> Stream:
        """Return the stream of another library with this handle."""
        return Stream(ptr, external=True)

    def get_default_stream(self) -> Stream:
        """Return stream 0."""
        return Stream()

    get_legacy_default_stream = get_per_thread_default_stream = get_default_stream

    def create_event(self, timing: bool = True) -> Event:
        """Return a new event."""
        return Event(timing)

    def can_access_peer(self, peer_device: int) -> bool:
        """Return False: there is no other device."""
        return False

    @contextlib.contextmanager
    def defer_cleanup(self) -> Iterator[None]:
        """Do nothing: memory is freed with the arrays that hold it."""
        yield

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *exception: Any) -> None:
        return None


_context = Context(Device())


class _DeviceList(list):
    """`cuda.gpus`: the list of devices."""

    @property
    def current(self) -> Device:
        """The current device."""
        return self[0]


gpus = _DeviceList([_context.device])


def get_context(devnum: int | None = None) -> Context:
    """Return the context of a device. Raises RuntimeError for a number other than 0."""
    if devnum not in (None, 0):
        raise RuntimeError(
            f"there is no device {devnum}; the only one, number 0, is the CPU device"
        )
    return _context


def require_context(function: Callable) -> Callable:
    """Return the function as it is: there is always a context."""
    return functools.wraps(function)(lambda *args, **kws: function(*args, **kws))


def reset() -> None:
    """Do nothing: memory is freed with the arrays that hold it."""
