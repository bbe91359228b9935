"""The forms of operators that overwrite their tensor: add_, mul_, copy_, fill_ ...

As in PyTorch the tensor becomes the operator's output on the tape, other tensors of the same memory
are told (`nn.tape.Memory`), and a leaf that requires grad is refused outside `no_grad`.
"""

import numbers
from collections.abc import Callable
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise.cast import converted
from crosscheck.kernels.elementwise.clone import copy
from crosscheck.kernels.reduction import to_size
from crosscheck.nn import arithmetic, elementwise, init, tape
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record


def overwriting(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return the form of an operator that overwrites its first argument and returns it.

    A derivative may read what was there before: on the tape the operator gets a copy.
    """
    name = f"{function.__name__}_"

    def overwrite(self: Tensor, *args: Any, **options: Any) -> Tensor:
        array = self.overwritable(name)
        before = Tensor(array.copy() if tape.is_recording() else array, self.requires_grad)
        before.grad_fn = self.grad_fn
        result = function(before, *args, **options)
        if result.shape != self.shape:
            reject(name, "shape of the result", tuple(result.shape), f"{tuple(self.shape)}")
        if is_floating(result.dtype) and not is_floating(self.dtype):
            reject(name, "dtype of the result", result.dtype.name, self.dtype.name, TypeError)
        copy(result.array, array)
        self.become(result)
        return self

    overwrite.__name__ = overwrite.__qualname__ = name
    overwrite.__doc__ = f"`{function.__name__}`, written to the tensor itself, which is returned."
    return public(overwrite)


add_, sub_, mul_, div_, pow_ = map(
    overwriting,
    (arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div, arithmetic.pow),
)
masked_fill_, floor_ = map(overwriting, (arithmetic.masked_fill, arithmetic.floor))
clamp_, exp_, sqrt_, relu_, sigmoid_, tanh_ = map(
    overwriting,
    (
        elementwise.clamp,
        elementwise.exp,
        elementwise.sqrt,
        elementwise.relu,
        elementwise.sigmoid,
        elementwise.tanh,
    ),
)


@public
def copy_(self: Tensor, src: Tensor) -> Tensor:
    """Overwrite with the elements of a tensor that broadcasts, in this tensor's dtype."""
    array = self.overwritable("copy_")
    try:
        wide = namespace(array).broadcast_to(src.array, array.shape)
    except ValueError:
        reject("copy_", "src.shape", tuple(src.shape), f"a shape {tuple(self.shape)} broadcasts to")
    copy(wide, array)
    size, dtype = src.shape, src.dtype
    edges = (self, _nothing), (src, lambda dy: converted(to_size(dy, size), dtype))
    return record("copy_", self, *edges)


@public
def fill_(self: Tensor, value: float) -> Tensor:
    """Overwrite with one number."""
    if isinstance(value, Tensor):
        return copy_(self, value)
    if not isinstance(value, numbers.Real):
        reject("fill_", "value", value, "a number", TypeError)
    self.overwritable("fill_")[...] = value
    return record("fill_", self, (self, _nothing))


@public
def zero_(self: Tensor) -> Tensor:
    """Overwrite with 0."""
    return fill_(self, 0)


@public
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Overwrite with numbers of the normal distribution: see `nn.init`."""
    self.overwritable("normal_")
    return record("normal_", init.normal_(self, mean, std), (self, _nothing))


@public
def uniform_(self: Tensor, a: float = 0.0, b: float = 1.0) -> Tensor:
    """Overwrite with numbers of the uniform distribution on [a, b): see `nn.init`."""
    self.overwritable("uniform_")
    return record("uniform_", init.uniform_(self, a, b), (self, _nothing))


def _nothing(dy: Array) -> Array:
    """The gradient of what was overwritten."""
    return namespace(dy).zeros(dy.shape, dy.dtype)
