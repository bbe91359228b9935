"""Parameters: tensors that a module registers when they are assigned to an attribute."""

from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.nn.devices import array_module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor
from crosscheck.nn.tensor import tensor as as_tensor


@public
class Parameter(Tensor):
    """A leaf that requires a gradient; shares the memory of the tensor or array it is made of.

    Raises TypeError for anything else, RuntimeError for a dtype that can have no gradient.
    """

    def __init__(self, data: Tensor | Array, requires_grad: bool = True):
        data = data if isinstance(data, Tensor) else as_tensor(data)
        leaf = as_tensor(data.array, requires_grad)  # checks the dtype
        super().__init__(leaf.array, requires_grad, data.memory)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


def empty(shape: tuple[int, ...], device: str | None, dtype: Any) -> Array:
    """Return an uninitialised array, by default float32 on "cpu"; raises like `array_module`."""
    return array_module("Module", device).empty(shape, np.float32 if dtype is None else dtype)
