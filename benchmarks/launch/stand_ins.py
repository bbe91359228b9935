"""Stand-ins for a GPU: CuPy's arrays, a compiler and a driver that do nothing.

What is left of a call is the host's own work, from the user's function to the driver's launch.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
from cuda.bindings import driver
from numba.cuda.dispatcher import CUDADispatcher

from crosscheck.kernels import gpu_launch
from crosscheck.kernels.gpu import cuda

DONE = (driver.CUresult.CUDA_SUCCESS,)


class GPUArray:
    """Stands for cupy.ndarray: it says all that CuPy's says of itself, of memory of the host.

    Its views are made once: then one costs about what it does in CuPy.
    """

    def __init__(self, memory: np.ndarray) -> None:
        self.memory, self.flags = memory, memory.flags
        self.dtype, self.shape, self.strides = memory.dtype, memory.shape, memory.strides
        self.ndim, self.size, self.itemsize = memory.ndim, memory.size, memory.itemsize
        self.data = SimpleNamespace(ptr=memory.ctypes.data, device_id=0)
        self.device = SimpleNamespace(id=0)
        self._views: dict[tuple, GPUArray] = {}

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def T(self) -> "GPUArray":  # noqa: N802  (CuPy's name)
        return self.view(np.transpose)

    def reshape(self, *shape: Any) -> "GPUArray":
        return self.view(np.reshape, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> "GPUArray":
        return self.view(np.transpose, tuple(axes[0]) if len(axes) == 1 else axes)

    def view(self, make: Callable[..., np.ndarray] | np.dtype, *how: Any) -> "GPUArray":
        """Return make(memory, *how) as an array of this kind, or the memory in another dtype."""
        if isinstance(make, (np.dtype, type)):
            return self.view(np.ndarray.view, make)
        key = make, *how
        if key not in self._views:
            self._views[key] = GPUArray(make(self.memory, *how))
        return self._views[key]


@cache
def _allocated(shape: tuple[int, ...], dtype: Any) -> GPUArray:
    return GPUArray(np.empty(shape, dtype))


def empty(shape: Sequence[int], dtype: Any = np.float64) -> GPUArray:
    """Return the one array of this shape and dtype: allocation costs a look-up."""
    return _allocated(tuple(shape), dtype)


def as_strided(array: GPUArray, shape: Sequence[int], strides: Sequence[int]) -> GPUArray:
    """Return a view of any strides."""
    return array.view(np.lib.stride_tricks.as_strided, tuple(shape), tuple(strides))


class CuPy(SimpleNamespace):
    """Stands for the module."""

    __hash__ = object.__hash__  # as a module's
    __name__ = "cupy"


def cupy(capability: str = "90") -> CuPy:
    """Return a stand-in for CuPy, whose GPU has this compute capability."""
    stream = SimpleNamespace(ptr=1, synchronize=lambda: None)
    device = SimpleNamespace(attributes={"MultiProcessorCount": 132}, compute_capability=capability)
    runtime = SimpleNamespace(getDeviceProperties=lambda number: {"name": b"a stand-in"})
    own = SimpleNamespace(
        get_current_stream=lambda: stream, Device=lambda number: device, runtime=runtime
    )
    tricks = SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=as_strided))
    return CuPy(
        ndarray=GPUArray,
        cuda=own,
        empty=empty,
        asarray=GPUArray,
        may_share_memory=lambda one, other: True,
        lib=tricks,
    )


@contextlib.contextmanager
def installed(launch: Callable[..., Any], capability: str = "90") -> Iterator[None]:
    """Put the stand-ins in their places; `launch` is called in that of cuLaunchKernel.

    capability: of the GPU, as CuPy writes it.
    """
    function = SimpleNamespace(handle=1, attrs=SimpleNamespace(shared=0))
    compiled = SimpleNamespace(
        library=SimpleNamespace(get_cufunc=lambda: function), cooperative=False
    )
    context = SimpleNamespace(device=SimpleNamespace(id=0))
    with (
        mock.patch.dict(sys.modules, cupy=cupy(capability)),
        mock.patch.object(CUDADispatcher, "compile", lambda self, signature: compiled),
        mock.patch.object(cuda, "current_context", lambda: context),
        mock.patch.object(driver, "cuLaunchKernel", launch),
        mock.patch.object(gpu_launch, "allow_shared_memory", lambda *of_kernel: None),
    ):
        yield
