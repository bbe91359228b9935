"""A launch on the GPU: the kernel's parameters, packed once, and one call of the driver.

numba-cuda takes every argument apart at every launch, and asks DLPack for every array's memory.
Here the parameters are one piece of memory, as the driver copies it: each at its natural alignment.
What the launches of a kind (kinds.py) have in common, shapes, strides and integers, is written
once. A launch writes the addresses of its arrays and the numbers that may differ.

Nothing waits for the GPU, and all goes to the given stream. A launch may be captured in a CUDA
graph, which copies the parameters; the kernel must have been launched before, as that loads it.
"""

import ctypes
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from cuda.bindings import driver
from numba import types
from numba.np.numpy_support import as_dtype

from crosscheck.kernels import arrays
from crosscheck.kernels.index_type import IndexType

_END, _BUFFER_POINTER, _BUFFER_SIZE = 0, 1, 2  # CU_LAUNCH_PARAM_...
_DATA = 4  # the word of an array's parameters that holds its address


class Parameters:
    """The parameters of a launch: `words` is their memory, `extra` what the driver is given."""

    def __init__(self, packed: bytes) -> None:
        self.words = (ctypes.c_uint64 * -(-len(packed) // 8))()
        ctypes.memmove(self.words, packed, len(packed))
        self._size = ctypes.c_size_t(len(packed))
        address, size = ctypes.addressof(self.words), ctypes.addressof(self._size)
        self._extra = (ctypes.c_void_p * 5)(_BUFFER_POINTER, address, _BUFFER_SIZE, size, _END)
        self.extra = ctypes.addressof(self._extra)


class Packer:
    """Packs the arguments of launches of one kind.

    signature  their numba types
    arguments  those of one such launch; no array of it is kept
    varying    the positions of numbers, and of tuples with some, that differ from launch to launch
    """

    def __init__(self, signature: Sequence, arguments: Sequence, varying: Sequence[int]) -> None:
        code = "@"
        self._arrays: list[tuple[int, int]] = []  # (argument, word of its address)
        self._numbers: list[tuple[int, list]] = []  # (argument, [(offset, pack_into)])
        for argument, kind in enumerate(signature):
            places = []
            for own in _codes(kind):
                offset = struct.calcsize(f"{code}0{own}")  # padded to its alignment
                places.append((offset, struct.Struct(own).pack_into))
                code += own
            if argument in varying:
                self._numbers.append((argument, places))
            elif isinstance(kind, types.Array):
                self._arrays.append((argument, places[_DATA][0] // 8))
        self._packed = struct.pack(code, *(each for value in arguments for each in words(value)))
        self._free: list[Parameters] = []

    def pack(self, arguments: Sequence) -> Parameters:
        """Return the parameters of a launch. They are its own until it gives them to `release`."""
        try:
            parameters = self._free.pop()  # atomic: no two threads have the same
        except IndexError:
            parameters = Parameters(self._packed)
        memory = parameters.words
        for argument, word in self._arrays:
            memory[word] = arguments[argument].data.ptr
        for argument, places in self._numbers:
            for (offset, pack_into), word in zip(places, words(arguments[argument]), strict=True):
                pack_into(memory, offset, word)
        return parameters

    def release(self, parameters: Parameters) -> None:
        """Take parameters back, for the next launch."""
        self._free.append(parameters)


def _codes(kind: types.Type) -> Iterator[str]:
    """Yield the codes of module `struct` for what an argument of this type is passed as."""
    if isinstance(kind, types.Array):
        yield from "q" * (_DATA + 1 + 2 * kind.ndim)
    elif isinstance(kind, types.BaseTuple):
        for item in kind:
            yield from _codes(item)
    elif isinstance(kind, types.Complex):
        yield from "ff" if kind == types.complex64 else "dd"
    else:
        yield as_dtype(kind.as_integer if isinstance(kind, IndexType) else kind).char


def words(value: Any) -> Iterator[Any]:
    """Yield what an argument is passed as: an array as numba's structure."""
    if isinstance(value, tuple):
        for item in value:
            yield from words(item)
    elif isinstance(value, np.integer | np.floating):  # what most varying arguments are
        yield value
    elif arrays.device(value) is not None:
        yield from (0, 0, value.size, value.itemsize, value.data.ptr, *value.shape, *value.strides)
    elif isinstance(value, complex | np.complexfloating):
        yield from (value.real, value.imag)
    else:
        yield value


class Launch:
    """A function on the GPU with a grid, a block, dynamic shared memory and how to pack arguments.

    Not run on a GPU yet: the call of the driver.
    """

    def __init__(
        self, name: str, function: int, shape: tuple[int, ...], packer: Packer, cooperative: bool
    ) -> None:
        """`shape` is the grid, the block, and the bytes of shared memory: 7 numbers."""
        self._name, self._function, self._shape, self._packer = name, function, shape, packer
        self._cooperative = cooperative

    def __call__(self, arguments: Sequence, stream: int, attach: Callable[[], Any]) -> None:
        """Launch on the stream with this pointer; `attach` gives this thread its GPU.

        Raises RuntimeError with what the driver says.
        """
        parameters = self._packer.pack(arguments)
        start = start_cooperative if self._cooperative else driver.cuLaunchKernel
        given = self._function, *self._shape, stream, 0, parameters.extra
        (status,) = start(*given)
        if status == driver.CUresult.CUDA_ERROR_INVALID_CONTEXT:  # the thread's first launch
            attach()
            (status,) = start(*given)
        if status:
            check(self._name, status)
        self._packer.release(parameters)


def start_cooperative(function: int, *given: int) -> tuple[driver.CUresult]:
    """Launch as cuLaunchKernel does, a grid all of whose blocks run at the same time."""
    *shape, shared_bytes, stream, _, extra = given
    configuration = driver.CUlaunchConfig()
    for name, size in zip(("gridDim", "blockDim"), (shape[:3], shape[3:]), strict=True):
        for axis, extent in zip("XYZ", size, strict=True):
            setattr(configuration, name + axis, extent)
    configuration.sharedMemBytes, configuration.hStream = shared_bytes, driver.CUstream(stream)
    attribute = driver.CUlaunchAttribute()
    attribute.id = driver.CUlaunchAttributeID.CU_LAUNCH_ATTRIBUTE_COOPERATIVE
    attribute.value.cooperative = 1
    configuration.attrs, configuration.numAttrs = [attribute], 1
    return driver.cuLaunchKernelEx(configuration, function, 0, extra)


def allow_shared_memory(name: str, kernel: int, static: int, device: int) -> None:
    """Let a kernel have all dynamic shared memory that the GPU gives a block beside `static`.

    Without it, both together are at most 48 KB. Raises RuntimeError with what the driver says.
    """
    most = driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
    limit = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
    status, bytes_of_block = driver.cuDeviceGetAttribute(most, device)
    check(name, status)
    check(name, *driver.cuKernelSetAttribute(limit, bytes_of_block - static, kernel, device))


def check(name: str, status: driver.CUresult) -> None:
    """Raise RuntimeError unless the driver reports success; `name` is the kernel's."""
    if status:
        _, text = driver.cuGetErrorString(status)
        raise RuntimeError(f"{name}: the driver answers {status.name}: {text.decode()}")
