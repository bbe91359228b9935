"""A parameter: a tensor that a module counts among its own as soon as it becomes an attribute."""

from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor
from crosscheck.nn.tensor import tensor as as_tensor


@public
class Parameter(Tensor):
    """A leaf that wants a gradient. Shares the memory of the tensor or array it is made of."""

    def __init__(self, data: Tensor | Array, requires_grad: bool = True):
        data = data if isinstance(data, Tensor) else as_tensor(data)
        leaf = as_tensor(data.array, requires_grad)  # refuses a dtype that can have no gradient
        super().__init__(leaf.array, requires_grad, data.memory)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


def empty(shape: tuple[int, ...], device: str | None, dtype: Any) -> Array:
    """Return an uninitialised array: float32 unless asked, on "cpu" unless on "cuda"."""
    return library(device).empty(shape, np.float32 if dtype is None else dtype)


def library(device: str | None) -> Any:
    """Return the module that makes a device's arrays. Raises ValueError."""
    if device in (None, "cpu"):
        return np
    if device != "cuda":
        reject("Module", "device", device, "None, 'cpu' or 'cuda'")
    import cupy

    return cupy
