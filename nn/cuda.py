"""`torch.cuda`: what scripts ask of the GPU, which is CuPy's current device."""

from typing import Any

from crosscheck.nn import random


def is_available() -> bool:
    """Whether CuPy is installed and finds a GPU."""
    return device_count() > 0


def device_count() -> int:
    """Return how many GPUs CuPy finds, 0 without CuPy."""
    cupy = _cupy()
    try:
        return cupy.cuda.runtime.getDeviceCount() if cupy else 0
    except cupy.cuda.runtime.CUDARuntimeError:
        return 0


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done all it was asked to; without one there is nothing to wait for."""
    if is_available():
        _cupy().cuda.Device().synchronize()


def empty_cache() -> None:
    """Return unused GPU memory to the driver."""
    if is_available():
        _cupy().get_default_memory_pool().free_all_blocks()


def manual_seed(seed: int) -> None:
    """The same as `nn.manual_seed`: there is one generator."""
    random.manual_seed(seed)


manual_seed_all = manual_seed


def _cupy() -> Any:
    try:
        import cupy
    except ImportError:
        return None
    return cupy
