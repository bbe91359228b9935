"""The one device there is, and its context.

Its limits are those the CPU device keeps, a Hopper GPU's (machine/record.py); its multiprocessors
are the cores a launch uses.
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
        """The processor's name, as bytes: so numba has it."""
        return f"CPU device of Crosscheck ({platform.machine()})".encode()

    @property
    def uuid(self) -> str:
        """A name that no other computer's device has."""
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
        """Return the one context."""
        return _context

    def reset(self) -> None:
        """Do nothing: memory is freed with the arrays that hold it."""


class Context:
    """What `current_context()` returns: the maker of streams and events."""

    def __init__(self, device: Device) -> None:
        self.device = device

    def synchronize(self) -> None:
        """Return: all has been done."""

    def reset(self) -> None:
        """Do nothing: memory is freed with the arrays that hold it."""

    def push(self) -> None:
        """Make it the current one, which it is."""

    def pop(self) -> None:
        """Keep it: there is no other."""

    def get_memory_info(self) -> MemoryInfo:
        """Return the bytes of memory that are free, and that there are."""
        page = os.sysconf("SC_PAGE_SIZE")
        return MemoryInfo(page * os.sysconf("SC_AVPHYS_PAGES"), page * os.sysconf("SC_PHYS_PAGES"))

    def create_stream(self) -> Stream:
        """Return a new stream."""
        return Stream(next(_handles))

    def create_external_stream(self, ptr: int) -> Stream:
        """Return a stream of another library's."""
        return Stream(ptr, external=True)

    def get_default_stream(self) -> Stream:
        """Return the stream 0."""
        return Stream()

    get_legacy_default_stream = get_per_thread_default_stream = get_default_stream

    def create_event(self, timing: bool = True) -> Event:
        """Return a new event."""
        return Event(timing)

    def can_access_peer(self, peer_device: int) -> bool:
        """Say no: there is no other device."""
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
    """`cuda.gpus`: the devices, of which entering one makes it current."""

    @property
    def current(self) -> Device:
        """The current device."""
        return self[0]


gpus = _DeviceList([_context.device])


def get_context(devnum: int | None = None) -> Context:
    """Return the context of a device. Raises RuntimeError for a number other than 0."""
    if devnum not in (None, 0):
        raise RuntimeError(f"device {devnum} is not there; the CPU device is number 0, and alone")
    return _context


def require_context(function: Callable) -> Callable:
    """Return the function: there is always a context."""
    return functools.wraps(function)(lambda *args, **kws: function(*args, **kws))


def reset() -> None:
    """Do nothing: memory is freed with the arrays that hold it."""
