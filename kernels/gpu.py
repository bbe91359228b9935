"""The GPU: numba-cuda on CuPy arrays, on CuPy's current stream.

The one module that imports numba.cuda; everything else takes `cuda` from kernels.launch. Nothing
here touches a GPU before the first launch, so it imports anywhere.
"""

from collections.abc import Callable
from typing import Any

from numba import cuda
from numba.cuda.api import config

# Launches go to the stream their arrays are used on. Without this, numba-cuda would also wait on
# the host for the stream at every launch, and no launch could be captured in a CUDA graph.
config.CUDA_ARRAY_INTERFACE_SYNC = False


class Kernel:
    """A numba-cuda kernel whose launches go to CuPy's current stream unless one is given."""

    def __init__(self, py_func: Callable) -> None:
        self.dispatcher = cuda.jit(py_func)

    def __getitem__(self, configuration: tuple) -> Callable[..., None]:
        grid, block, *rest = configuration
        stream = rest[0] if rest else _current_stream()
        shared_bytes = rest[1] if len(rest) > 1 else 0
        return self.dispatcher[grid, block, stream, shared_bytes]


def _current_stream() -> Any:
    import cupy  # the launch has CuPy arrays, so it is there

    pointer = cupy.cuda.get_current_stream().ptr
    return cuda.external_stream(pointer) if pointer else 0


def jit(py_func: Callable, *, device: bool = False) -> Any:
    """Make a GPU kernel, or with device=True a function that GPU kernels call."""
    return cuda.jit(device=True)(py_func) if device else Kernel(py_func)
