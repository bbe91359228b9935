"""Where tensors live: "cpu" is NumPy's memory, "cuda" is CuPy's; and the moves between them."""

from typing import Any

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.nn.tensor import Tensor, record


def array_module(op: str, device: str | None) -> Any:
    """Return numpy or cupy, whichever has the arrays of this device; None stands for "cpu".

    Raises ValueError for another device, ImportError for "cuda" without CuPy.
    """
    if device in (None, "cpu"):
        return np
    if device != "cuda":
        reject(op, "device", device, "None, 'cpu' or 'cuda'")
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
    source = array.get() if here == "cuda" and device == "cpu" else array
    return library.asarray(source, array.dtype if dtype is None else np.dtype(dtype))


def device_and_dtype(device: Any, dtype: Any) -> tuple[str | None, Any]:
    """Return both as `to` was called: as in PyTorch, a dtype may stand in the device's place."""
    return (device, dtype) if device is None or isinstance(device, str) else (None, device)


def to(self: Tensor, device: Any = None, dtype: Any = None) -> Tensor:
    """Return the tensor on "cpu" or "cuda" and with a dtype; itself where that changes nothing.

    A dtype may be given in place of the device. A gradient comes back to this tensor's device and
    dtype. Raises ValueError for another device, ImportError for "cuda" without CuPy.
    """
    before = self.device, self.dtype
    array = moved("to", self.array, *device_and_dtype(device, dtype))
    if array is self.array:
        return self
    if array.dtype.kind != "f":
        return Tensor(array)
    return record("to", array, (self, lambda dy: moved("to", dy, *before)))


def cpu(self: Tensor) -> Tensor:
    """The same as `to("cpu")`."""
    return to(self, "cpu")


def cuda(self: Tensor) -> Tensor:
    """The same as `to("cuda")`."""
    return to(self, "cuda")
