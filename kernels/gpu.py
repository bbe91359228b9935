"""The GPU: numba-cuda on CuPy arrays, on CuPy's current stream.

The one module that imports numba.cuda; everything else takes `cuda` from kernels.launch. Nothing
here touches a GPU before the first launch, so it imports anywhere.
"""

import contextlib
import threading
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from unittest import mock

import numba
import numpy as np
from numba import cuda
from numba.cuda.api import config
from numba.cuda.extending import intrinsic

from crosscheck.kernels import arrays, in_use
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.index_type import IndexNumber, IndexType

__all__ = ["CompilerMissing", "Compiled", "Kernel", "compile_for", "cuda", "intrinsic"]

# Launches go to the stream their arrays are used on. Without this, numba-cuda would also wait on
# the host for the stream at every launch, and no launch could be captured in a CUDA graph. It holds
# for the whole process: whoever launches kernels of their own on CuPy arrays orders the streams.
config.CUDA_ARRAY_INTERFACE_SYNC = False


class Kernel:
    """A numba-cuda kernel: `kernel[grid, block, stream, shared_bytes]`.

    `stream` is numba's, CuPy's, or anything with its pointer in `.ptr`; None, or 0, is CuPy's
    current stream. A launch on another stream keeps its arrays until it is done (`in_use`); that
    it comes after what fills them is for the caller to order.
    """

    def __init__(self, py_func: Callable, launch_bounds: tuple[int, int] | None = None) -> None:
        options = {"launch_bounds": launch_bounds} if launch_bounds else {}
        self.dispatcher = cuda.jit(py_func, extensions=[_PassIndex()], **options)

    def __getitem__(self, configuration: tuple) -> Callable[..., None]:
        defaults = (None, 0)[len(configuration) - 2 :]  # of stream and shared_bytes
        grid, block, stream, shared_bytes = (*configuration, *defaults)
        with _without_advice():
            launch = self.dispatcher[grid, block, _numba_stream(stream), shared_bytes]

        def run(*arguments: Any) -> None:
            launch(*map(_typed, arguments))
            if stream:
                in_use.keep(arguments, _pointer(stream))

        return run

    def signature(self, arguments: tuple) -> tuple[numba.types.Type, ...]:
        """Return the types that a launch with these arguments is compiled for.

        NumPy arrays may stand for CuPy's.
        """
        return tuple(self.dispatcher.typeof_pyval(_typed(value)) for value in arguments)


_advice = threading.Lock()


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """Keep numba-cuda from warning of a grid under 128 blocks: a small layer has no more.

    It warns where a launch is configured. A filter of Python's would silence it for the user's own
    kernels, too: all its warnings come from one line.
    """
    with _advice:
        before = config.CUDA_LOW_OCCUPANCY_WARNINGS
        config.CUDA_LOW_OCCUPANCY_WARNINGS = False
        try:
            yield
        finally:
            config.CUDA_LOW_OCCUPANCY_WARNINGS = before


class _TypedArray:
    """An array for numba-cuda, which asks DLPack for the memory, and would for the type."""

    def __init__(self, array: Array) -> None:
        layout = "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "A"
        self.array, self._numba_type_ = array, _array_type(array.dtype, array.ndim, layout)

    def __dlpack__(self, **how: Any) -> Any:
        return self.array.__dlpack__(**how)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


@lru_cache
def _array_type(dtype: np.dtype, rank: int, layout: str) -> numba.types.Array:
    """Return the type of an array: a writable one, as CuPy knows no other."""
    return numba.types.Array(numba.from_dtype(dtype), rank, layout)


class _TypedIndex:
    """A number of type `index` for numba-cuda, whose C code takes any np.uint32 for a uint32."""

    def __init__(self, number: IndexNumber) -> None:
        self.number, self._numba_type_ = int(number), number.type

    def __index__(self) -> int:
        return self.number


def _typed(value: Any) -> Any:
    """Return an argument with its type; others have one that numba-cuda finds."""
    if isinstance(value, tuple):
        return tuple(map(_typed, value))
    if isinstance(value, IndexNumber):
        return _TypedIndex(value)
    return value if arrays.device(value) is None else _TypedArray(value)


class _PassIndex:
    """Tells numba-cuda how to pass an `index`: as the unsigned integer that it is."""

    def prepare_args(self, type_: Any, value: Any, **_: Any) -> tuple[Any, Any]:
        return (type_.as_integer if isinstance(type_, IndexType) else type_), value


def _numba_stream(stream: Any) -> Any:
    if not stream:
        import cupy  # the launch has CuPy arrays, so it is there

        stream = cupy.cuda.get_current_stream()
    if not hasattr(stream, "ptr"):
        return stream  # one of numba's own
    return cuda.external_stream(stream.ptr) if stream.ptr else 0


def _pointer(stream: Any) -> int:
    """Return the pointer of CuPy's or numba's stream."""
    handle = stream.ptr if hasattr(stream, "ptr") else stream.handle
    return int(getattr(handle, "value", handle) or 0)  # older versions wrap it in a c_void_p


class CompilerMissing(RuntimeError):
    """A library of the CUDA compiler is not installed; the message says what to install."""


class Compiled(NamedTuple):
    """What a launch would run: `arch` is "sm_90a" or another, `log` the assembler's own account."""

    arch: str
    ptx: str
    cubin: bytes
    log: str


def compile_for(kernel: Kernel, arguments: tuple, capability: tuple[int, int]) -> Compiled:
    """Compile what a launch on a GPU of compute capability (major, minor) would run, without one.

    NumPy arrays stand for the GPU's. A device function keeps the capability that it was first
    compiled for, which tells only in code that depends on it. Raises CompilerMissing.
    """
    # Private parts of numba-cuda 0.30, which has no public way to the launch's own cubin. Imported
    # here because the stock simulator has none of them.
    from cuda import pathfinder
    from numba.cuda import dispatcher

    for part in ("nvvm", "nvrtc", "nvJitLink"):
        try:
            pathfinder.load_nvidia_dynamic_lib(part)
        except pathfinder.DynamicLibNotFoundError:
            line = "pip install 'crosscheck-kernels[inspect]'"
            raise CompilerMissing(f"the CUDA compiler's {part} is missing: {line}") from None
    this, signature = kernel.dispatcher, kernel.signature(arguments)
    with _pretend(capability):
        library = dispatcher._Kernel(this.py_func, signature, **this.targetoptions).library
        cc = library._ensure_cc(None)
        ptx, cubin = library.get_lto_ptx().strip("\0\n"), library.get_cubin().code
        return Compiled("sm_{}{}{}".format(*cc), ptx, cubin, library.get_linkerinfo(cc))


@contextlib.contextmanager
def _pretend(capability: tuple[int, int]) -> Iterator[None]:
    """Answer numba-cuda's two questions for the device, and let its linker tell what it does."""
    from numba.cuda import codegen, dispatcher
    from numba.cuda.cudadrv import driver

    plain = driver._Linker._get_linker_options

    def verbose(self: Any, ptx: bool) -> Any:
        options = plain(self, ptx)
        options.verbose = True
        return options

    device = types.SimpleNamespace(compute_capability=capability)
    devices = types.SimpleNamespace(get_context=lambda: types.SimpleNamespace(device=device))
    with (
        mock.patch.object(dispatcher, "get_current_device", lambda: device),
        mock.patch.object(codegen, "devices", devices),
        mock.patch.object(driver._Linker, "_get_linker_options", verbose),
    ):
        yield
