"""The methods and operators of a tensor: one table, of the functions that the modules here define.

`nn.tensor` stays the tape alone. What PyTorch has as a method and as a function is one function,
whose first argument is the tensor.
"""

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import either, reject
from crosscheck.kernels.dtypes import FLOATING, is_floating
from crosscheck.nn import (
    arithmetic,
    comparisons,
    devices,
    dtypes,
    elementwise,
    extrema,
    functional,
    indexing,
    inplace,
    joining,
    parts,
    reductions,
    views,
)
from crosscheck.nn.arithmetic import Operand
from crosscheck.nn.tensor import Tensor

MODULES = (
    arithmetic,
    comparisons,
    elementwise,
    extrema,
    indexing,
    inplace,
    joining,
    parts,
    reductions,
    views,
)
FUNCTIONS_ONLY = ("cat", "stack", "where")  # their first argument is no tensor, or not this one


def methods_of(module: ModuleType) -> dict[str, Callable]:
    """Return the functions that a module marks as public, by name."""
    return {name: getattr(module, name) for name in module.__all__}


def item(self: Tensor) -> float:
    """The one element as a Python number. Raises ValueError where there are more."""
    if self.array.size != 1:
        reject("item", "shape", tuple(self.shape), "one element")
    return self.array.item()


def numel(self: Tensor) -> int:
    """The number of elements."""
    return self.array.size


def dim(self: Tensor) -> int:
    """The number of dimensions."""
    return self.array.ndim


def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python's numbers."""
    return self.array.tolist()


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in another's dtype and on its device."""
    return devices.to(self, other)


def requires_grad_(self: Tensor, requires_grad: bool = True) -> Tensor:
    """Set whether `backward` computes a gradient of this leaf. Raises RuntimeError."""
    if requires_grad and not is_floating(self.dtype):
        reject("requires_grad_", "dtype", self.dtype.name, either(FLOATING), RuntimeError)
    if not requires_grad and not self.is_leaf:
        reject("requires_grad_", "tensor", repr(self.grad_fn), "a leaf, or detach()", RuntimeError)
    self.requires_grad = requires_grad
    return self


def _converted(name: str) -> Callable[[Tensor], Tensor]:
    dtype = getattr(dtypes, name)
    return lambda self: devices.to(self, dtype=dtype)


def type_(self: Tensor, dtype: Any = None) -> Any:
    """The tensor in another dtype; without one, the name of its own, as "torch.FloatTensor"."""
    if dtype is None:
        word = {"float16": "Half", "bfloat16": "BFloat16", "float32": "Float"}
        word |= {"float64": "Double", "int64": "Long"}
        return f"torch.{word.get(self.dtype.name, self.dtype.name.title())}Tensor"
    return devices.to(self, dtype=dtype)


def _binary(function: Callable, swapped: bool = False) -> Callable[[Tensor, Operand], Any]:
    def operator(self: Tensor, other: Operand) -> Any:
        if not isinstance(other, (Tensor, int, float, np.number, np.bool_)):
            return NotImplemented
        return function(other, self) if swapped else function(self, other)

    return operator


def _bits(function: Callable) -> Callable[[Tensor, Operand], Any]:
    """Return & | ^ of booleans or integers."""
    return _binary(
        lambda self, other: Tensor(
            function(self.array, other.array if isinstance(other, Tensor) else other)
        )
    )


def _is_true(self: Tensor) -> bool:
    if self.array.size != 1:
        reject("bool", "shape", tuple(self.shape), "one element: any() or all()", RuntimeError)
    return bool(self.array.item())


def _length(self: Tensor) -> int:
    if not self.ndim:
        reject("len", "shape", (), "at least one dimension", TypeError)
    return self.shape[0]


def _format(self: Tensor, spec: str) -> str:
    return format(item(self), spec) if self.ndim == 0 else object.__format__(self, spec)


OPERATORS = {
    "add": arithmetic.add,
    "sub": arithmetic.sub,
    "mul": arithmetic.mul,
    "truediv": arithmetic.div,
    "floordiv": arithmetic.floor_divide,
    "matmul": arithmetic.matmul,
    "pow": arithmetic.pow,
}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
METHODS: dict[str, Any] = {
    **{name: each for module in MODULES for name, each in methods_of(module).items()},
    **{each.__name__: each for each in (item, numel, dim, tolist, type_as, requires_grad_)},
    **{each.__name__: each for each in (devices.to, devices.cpu, devices.cuda)},
    **{
        name: _converted(name)
        for name in ("half", "bfloat16", "float", "double", "short", "int", "long", "bool")
    },
    "type": type_,
    "T": property(lambda self: views.permute(self, tuple(reversed(range(self.ndim))))),
    "mT": property(lambda self: views.transpose(self, -2, -1)),
    **{f"__{name}__": _binary(each) for name, each in OPERATORS.items()},
    **{f"__r{name}__": _binary(each, swapped=True) for name, each in OPERATORS.items()},
    **{
        f"__i{name}__": _binary(getattr(inplace, f"{name.removeprefix('true')}_"))
        for name in ("add", "sub", "mul", "truediv")
    },
    **{f"__{name}__": _binary(getattr(comparisons, name)) for name in COMPARISONS},
    **{f"__{name}__": _bits(getattr(operator, f"{name}_")) for name in ("and", "or")},
    "__xor__": _bits(operator.xor),
    "__invert__": lambda self: Tensor(~self.array),
    **{name: getattr(functional, name) for name in ("softmax", "log_softmax")},
    "__neg__": arithmetic.neg,
    "__abs__": elementwise.abs,
    "__getitem__": indexing.getitem,
    "__setitem__": indexing.setitem,
    "__len__": _length,
    "__iter__": lambda self: iter(parts.unbind(self)),
    "__bool__": _is_true,
    "__float__": lambda self: float(item(self)),
    "__int__": lambda self: int(item(self)),
    "__index__": lambda self: operator.index(item(self)),
    "__format__": _format,
    "__hash__": object.__hash__,  # by identity, though == compares elements
    "__array_ufunc__": None,  # array * tensor asks the tensor, which refuses: say nn.tensor(array)
}
for _name, _method in METHODS.items():
    if _name not in FUNCTIONS_ONLY:
        setattr(Tensor, _name, _method)
