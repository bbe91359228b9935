"""The two kinds of array a kernel takes: NumPy on the CPU device, CuPy on the CUDA device.

CuPy is imported only when somebody hands us a CuPy array, so nothing here needs a GPU.
"""

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Annotated, Any, NamedTuple

import numpy as np

from crosscheck.kernels.dtypes import computed

# CuPy is optional, so its type cannot be named here. `kernels.operator` finds arguments by this.
Array = Annotated[Any, "numpy.ndarray or cupy.ndarray"]


QUAD_BYTES = 16  # four float32, the most that one instruction moves: it begins on a multiple


def quad_alignment(itemsize: int) -> int:
    """Return on a multiple of how many bytes four elements begin that are moved together."""
    return min(4 * itemsize, QUAD_BYTES)


class Facts(NamedTuple):
    """All there is to know of an array but its values."""

    device: str
    library: ModuleType  # numpy or cupy
    dtype: np.dtype
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def facts(array: Any) -> Facts | None:
    """Return what there is to know of a NumPy or CuPy array, None for anything else."""
    library = np if isinstance(array, np.ndarray) else sys.modules.get("cupy")
    if library is None or not isinstance(array, library.ndarray):
        return None
    device = "cpu" if library is np else "cuda"
    return Facts(device, library, array.dtype, array.shape, array.strides)


class Place(NamedTuple):
    """Where arrays are: of which library, and of CuPy's on which GPU."""

    library: ModuleType
    gpu: int | None

    @property
    def device(self) -> str:
        """The device: "cpu" for NumPy's arrays, "cuda" for CuPy's."""
        return "cpu" if self.library is np else "cuda"

    @property
    def multiprocessors(self) -> int:
        """How many there are on the GPU; for NumPy's arrays those of an H200."""
        if self.library is np:
            return 132
        return self.library.cuda.Device(self.gpu).attributes["MultiProcessorCount"]

    @property
    def capability(self) -> tuple[int, int]:
        """The GPU's compute capability; for NumPy's arrays that of an H200."""
        if self.library is np:
            return 9, 0
        digits = self.library.cuda.Device(self.gpu).compute_capability  # "90", "120"
        return int(digits[:-1]), int(digits[-1])

    def upload(self, values: np.ndarray) -> Array:
        """Return these values there. On a GPU, waits until they have arrived."""
        if self.library is np:
            return values
        array = self.library.asarray(values)
        self.library.cuda.get_current_stream().synchronize()  # another stream may read it next
        return array

    def send(self, values: np.ndarray) -> Array:
        """Return these values there, for what follows on CuPy's current stream; waits for nothing.

        CuPy copies them to memory of its own first, so they may change.
        """
        return values if self.library is np else self.library.asarray(values)


def place(array: Array) -> Place:
    """Return where an array is."""
    library = namespace(array)
    return Place(library, None if library is np else array.device.id)


on_empty: list[Callable[[np.ndarray], Any]] = []  # called with every NumPy array that `empty` makes


def device(array: Any) -> str | None:
    """Return "cpu" for a NumPy array, "cuda" for a CuPy array, None for anything else."""
    if isinstance(array, np.ndarray):
        return "cpu"
    cupy = sys.modules.get("cupy")  # a CuPy array exists only where CuPy is already imported
    if cupy is not None and isinstance(array, cupy.ndarray):
        return "cuda"
    return None


def address(array: Array) -> int:
    """Return where the array's first element lies."""
    if isinstance(array, np.ndarray):
        return array.__array_interface__["data"][0]
    return array.data.ptr


def begins_on_quad(array: Array) -> bool:
    """Return whether an array begins where quads of it do: on 16 bytes, or 8 of 16-bit ones."""
    return address(array) % quad_alignment(array.itemsize) == 0


def namespace(array: Array) -> ModuleType:
    """Return the module that made the array: numpy or cupy."""
    return np if isinstance(array, np.ndarray) else sys.modules["cupy"]


def workspace(shape: Sequence[int], like: Array) -> Array:
    """Return an uninitialised array for intermediate results of kernels that have `like`.

    It has the dtype that they compute in: no rounding to 16 bits on the way.
    """
    return empty(shape, computed(like.dtype), like)


def empty(shape: Sequence[int], dtype: Any, like: Array) -> Array:
    """Return an uninitialised C-contiguous array on the device of `like`."""
    return empty_of(namespace(like), shape, dtype)


def is_in_order(strides: Sequence[int]) -> bool:
    """Return whether axes with these strides follow each other in memory in C order."""
    return _order(strides) == list(range(len(strides)))


def _order(strides: Sequence[int]) -> list[int]:
    """Return the axes as they follow each other in memory, the widest step first."""
    return sorted(range(len(strides)), key=lambda axis: -abs(strides[axis]))


def empty_of(
    library: ModuleType, shape: Sequence[int], dtype: Any, strides: Sequence[int] | None = None
) -> Array:
    """Return an uninitialised array of numpy or cupy, dense in memory.

    Its axes follow each other in memory as those of an array with these strides; without, in C
    order. Under the sanitizer's initcheck, a kernel that reads it before it was written raises
    InitError.
    """
    turned = strides is not None and not is_in_order(strides)
    order = _order(strides) if turned else ()
    array = library.empty([shape[axis] for axis in order] if turned else shape, dtype)
    if library is np:
        for callback in on_empty:
            callback(array)
    return array.transpose([order.index(axis) for axis in range(len(shape))]) if turned else array
