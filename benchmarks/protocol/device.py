"""What the protocol asks of a device: to wait, to time a call, and to empty its L2 cache.

On a GPU, times are those of its own events, on the stream that CuPy and PyTorch share. An event is
recorded when what was given to the stream before it is done, so a call whose host part is slow
would be timed with the GPU idle. While the GPU empties its L2, the host has time to give it all.
Not run on a GPU yet: `Cuda`.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol import clock

L2_BYTES = 256 * 2**20  # written before each sample: more than any GPU's L2


class Cpu:
    """The CPU: a call is over when it returns, and caches stay as they are.

    `address`: of a GPU on the PCI bus, by which its sensors are asked.
    """

    name = "cpu"
    address = ""
    library: ModuleType = np

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def flush(self, host_seconds: float) -> None:
        """Leave the caches."""

    def time(self, call: Callable[[], Any], after: Callable[[Any], Any]) -> tuple[float, Any]:
        """Return the seconds of a call, and what `after` makes of its result at once."""
        start = clock.now()
        result = call()
        seconds = clock.now() - start
        return seconds, after(result)

    def forget(self) -> None:
        """Nothing is kept."""

    def free_bytes(self) -> int:
        """Return how much memory is free; on the CPU enough for what is cut down."""
        return 2**40


class Cuda:
    """The current GPU. Raises ImportError without CuPy."""

    name = "cuda"

    def __init__(self) -> None:
        import cupy

        self.library: ModuleType = cupy
        self.address: str = cupy.cuda.Device().pci_bus_id
        self._event, self._elapsed = cupy.cuda.Event, cupy.cuda.get_elapsed_time
        self._beyond_l2 = cupy.empty(L2_BYTES // 4, np.float32)
        self.flush(0.0)
        self._flush_seconds, _ = self.time(lambda: self.flush(0.0), lambda result: None)

    def synchronize(self) -> None:
        """Wait for all streams."""
        self.library.cuda.runtime.deviceSynchronize()

    def flush(self, host_seconds: float) -> None:
        """Empty the L2, for as long as the host needs to give the GPU a call."""
        known = getattr(self, "_flush_seconds", 0.0)
        for _ in range(max(1, int(1.5 * host_seconds / known) + 1) if known else 1):
            self._beyond_l2.fill(0)

    def time(self, call: Callable[[], Any], after: Callable[[Any], Any]) -> tuple[float, Any]:
        """Return the GPU's seconds for a call, and what `after` makes of its result.

        `after` is given to the stream right behind the call: it sees what the call had done by the
        time that is measured, and nothing that another stream does later.
        """
        start, end = self._event(), self._event()
        start.record()
        result = call()
        end.record()
        seen = after(result)
        end.synchronize()
        return self._elapsed(start, end) / 1e3, seen

    def forget(self) -> None:
        """Give back the memory that CuPy and PyTorch keep."""
        self.library.get_default_memory_pool().free_all_blocks()
        if "torch" in sys.modules:
            sys.modules["torch"].cuda.empty_cache()

    def free_bytes(self) -> int:
        """Return how much memory is free, with what CuPy keeps for later."""
        kept = self.library.get_default_memory_pool().free_bytes()
        return self.library.cuda.runtime.memGetInfo()[0] + kept


Device = Cpu | Cuda


def of(name: str) -> Device:
    """Return the device called "cpu" or "cuda"."""
    return Cuda() if name == "cuda" else Cpu()
