"""Where tensors live: "cpu" is NumPy's memory, "cuda" is CuPy's; and the moves between them.

A device is its name, as `torch.device`: "cuda" and "cuda:0" are CuPy's current device.
"""

from typing import Any

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise.cast import converted
from crosscheck.nn.dtypes import numeric
from crosscheck.nn.tensor import Tensor, record

_NAMES = ("cpu", "cpu:0", "cuda", "cuda:0")


class device(str):  # noqa: N801
    """A device by its name, and so equal to it. Raises ValueError for another one.

    type   "cpu" or "cuda"
    index  the number after the colon, None without one
    """

    def __new__(cls, type: str, index: int | None = None) -> "device":
        name = type if index is None else f"{type}:{index}"
        if name not in _NAMES:
            reject("device", "type", name, "'cpu', or 'cuda' for CuPy's current device")
        return super().__new__(cls, name)

    @property
    def type(self) -> str:
        return self.partition(":")[0]

    @property
    def index(self) -> int | None:
        return int(self.partition(":")[2]) if ":" in self else None


def array_module(op: str, device: str | None) -> Any:
    """Return numpy or cupy, whichever has the arrays of this device; None stands for "cpu".

    Raises ValueError for another device, ImportError for "cuda" without CuPy.
    """
    if device is not None and device not in _NAMES:
        reject(op, "device", device, "None, 'cpu' or 'cuda'")
    if device is None or device.startswith("cpu"):
        return np
    try:
        import cupy
    except ImportError as missing:
        install = "CuPy is not installed: pip install 'crosscheck-kernels[cuda]'"
        raise ImportError(f"{op}: device is 'cuda', but {install}") from missing
    return cupy


def moved(op: str, array: Array, device: str | None, dtype: Any = None) -> Array:
    """Return the array on a device and with a dtype, by default its own; itself if it is there.

    Raises like `array_module`.
    """
    here = arrays.device(array)
    library = array_module(op, device or here)
    source = array.get() if here == "cuda" and library is np else array
    there = library.asarray(source, array.dtype)
    return there if dtype is None else converted(there, numeric(op, dtype))


def device_and_dtype(device: Any, dtype: Any) -> tuple[str | None, Any]:
    """Return both as `to` was called: as in PyTorch, a dtype may stand in the device's place."""
    return (device, dtype) if device is None or isinstance(device, str) else (None, device)


def to(self: Tensor, device: Any = None, dtype: Any = None, non_blocking: bool = False) -> Tensor:
    """Return the tensor on "cpu" or "cuda" and with a dtype; itself where that changes nothing.

    A dtype, or a tensor that has both, may be given in place of the device. A gradient comes back
    to this tensor's device and dtype. `non_blocking` changes nothing: copies from a GPU wait, those
    to it are CuPy's. Raises ValueError for another device, ImportError for "cuda" without CuPy.
    """
    before = self.device, self.dtype
    if isinstance(device, Tensor):
        device, dtype = device.device, device.dtype
    array = moved("to", self.array, *device_and_dtype(device, dtype))
    if array is self.array:
        return self
    if not is_floating(array.dtype) or not is_floating(self.dtype):
        return Tensor(array)
    return record("to", array, (self, lambda dy: moved("to", dy, *before)))


def cpu(self: Tensor) -> Tensor:
    """The same as `to("cpu")`."""
    return to(self, "cpu")


def cuda(self: Tensor, device: Any = None, non_blocking: bool = False) -> Tensor:
    """The same as `to("cuda")`. Raises ValueError for another GPU than CuPy's current one."""
    if device not in (None, 0, "cuda", "cuda:0"):
        reject("cuda", "device", device, "None or 0, CuPy's current device")
    return to(self, "cuda")
