"""What a call takes of the device's memory beyond its inputs and outputs.

On a GPU, CuPy and PyTorch each tell of their own memory; on the CPU, NumPy's arrays are traced, and
what PyTorch takes there is not known. Not run on a GPU yet: `_on_gpu`.
"""

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol.workload import Workload


def peak(call: Callable[[], Any], workload: Workload) -> int:
    """Return the bytes that a call takes at most, less those of a result of its own; 0 if none."""
    if workload.device.name == "cuda":
        taken, kept = _on_gpu(call, workload)
    else:
        taken, kept = _of_numpy(call)
    return max(0, taken - kept)


def _of_numpy(call: Callable[[], Any]) -> tuple[int, int]:
    tracemalloc.start()
    try:
        result = call()
        kept, taken = tracemalloc.get_traced_memory()
        if not isinstance(result, np.ndarray | tuple):  # a tensor: its memory is not NumPy's
            kept = taken
    finally:
        tracemalloc.stop()
    return taken, kept


def _on_gpu(call: Callable[[], Any], workload: Workload) -> tuple[int, int]:
    memory_hook = workload.device.library.cuda.memory_hook

    class Watch(memory_hook.MemoryHook):
        name, now, most = "crosscheck", 0, 0

        def malloc_postprocess(self, **given: int) -> None:
            self.now += given["mem_size"]
            self.most = max(self.most, self.now)

        def free_postprocess(self, **given: int) -> None:
            self.now -= given["mem_size"]

    torch = sys.modules.get("torch")
    if torch is not None:
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
    with Watch() as watch:
        result = call()
        workload.device.synchronize()
    taken, kept = watch.most, watch.now
    if torch is not None:
        taken += torch.cuda.max_memory_allocated() - before
        kept += torch.cuda.memory_allocated() - before
    del result
    return taken, kept
