"""The operators and methods of a tensor: + - * and unary minus, reshape, flatten, sum, mean, item;
and those of `nn.devices`: to, cpu, cuda.

This module binds them to `Tensor` below, so that `nn.tensor` stays the tape alone. As in PyTorch
the operands broadcast, and a number may stand for a tensor.
"""

import math
import numbers
from collections.abc import Sequence
from typing import Any

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.elementwise.add import ADD
from crosscheck.kernels.elementwise.mul import MUL
from crosscheck.kernels.reduction.mean import MEAN
from crosscheck.kernels.reduction.sum_ import SUM
from crosscheck.nn.devices import cpu, cuda, to
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record

Operand = Tensor | float
Dim = int | Sequence[int] | None


def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input + alpha * other."""
    return apply(ADD, _operands(input, other), dict(alpha=alpha))[0]


def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input - alpha * other."""
    return add(input, other, alpha=-alpha)


def mul(input: Operand, other: Operand) -> Tensor:
    """input * other."""
    return apply(MUL, _operands(input, other), {})[0]


def neg(input: Tensor) -> Tensor:
    """-input."""
    return mul(input, -1)


def reshape(input: Tensor, *shape: int | Sequence[int]) -> Tensor:
    """The same elements in another shape; one extent may be -1 and follows from the others.

    Shares the memory of the input where its strides allow it. Raises ValueError or TypeError.
    """
    x = array_of("reshape", "input", input)
    size = shape[0] if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    size = _inferred(x.size, tuple(integer("reshape", "shape", extent, -1) for extent in size))
    before, y = x.shape, x.reshape(size)
    is_view = namespace(x).may_share_memory(x, y)
    output = Tensor(y, memory=input.memory if is_view else None)
    return record("reshape", output, (input, lambda dy: dy.reshape(before).copy()))


def _inferred(count: int, size: tuple[int, ...]) -> tuple[int, ...]:
    known = math.prod(extent for extent in size if extent != -1)
    if size.count(-1) > 1 or (-1 in size and known == 0):
        reject("reshape", "shape", size, "no more than one -1, with a number that follows from it")
    if -1 in size and count % known == 0:
        size = tuple(count // known if extent == -1 else extent for extent in size)
    if math.prod(size) != count:
        reject("reshape", "shape", size, f"a shape of {count} elements")
    return size


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Make the dimensions from start_dim to end_dim one, as `torch.flatten`."""
    size = array_of("flatten", "input", input).shape or (1,)
    first = _axis("start_dim", start_dim, len(size))
    last = _axis("end_dim", end_dim, len(size))
    if first > last:
        reject("flatten", "start_dim", start_dim, f"no dimension after end_dim {end_dim}")
    middle = math.prod(size[first : last + 1])
    return reshape(input, *size[:first], middle, *size[last + 1 :])


def _axis(name: str, dim: int, rank: int) -> int:
    dim = integer("flatten", name, dim)
    if not -rank <= dim < rank:
        reject("flatten", name, dim, f"a dimension of {-rank} to {rank - 1}", IndexError)
    return dim % rank


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The sum over some dimensions, or over all."""
    return apply(SUM, dict(input=input), dict(dim=dim, keepdim=keepdim))[0]


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The mean over some dimensions, or over all."""
    return apply(MEAN, dict(input=input), dict(dim=dim, keepdim=keepdim))[0]


def item(self: Tensor) -> float:
    """The one element as a Python number. Raises ValueError where there are more."""
    if self.array.size != 1:
        reject("item", "shape", self.shape, "one element")
    return self.array.item()


def _operands(input: Operand, other: Operand) -> dict[str, Tensor]:
    """Return both as tensors: a number takes the dtype and device of the tensor beside it."""
    if isinstance(input, Tensor) and isinstance(other, numbers.Real):
        other = _filled(input.array, other)
    elif isinstance(other, Tensor) and isinstance(input, numbers.Real):
        input = _filled(other.array, input)
    return dict(input=input, other=other)


def _filled(like: Array, value: float) -> Tensor:
    return Tensor(namespace(like).full((), value, like.dtype))


def _binary(function: Any, *, swapped: bool = False) -> Any:
    def operator(self: Tensor, other: Operand) -> Tensor:
        if not isinstance(other, (Tensor, numbers.Real)):
            return NotImplemented
        return function(other, self) if swapped else function(self, other)

    return operator


Tensor.__add__ = _binary(add)
Tensor.__radd__ = _binary(add, swapped=True)
Tensor.__sub__ = _binary(sub)
Tensor.__rsub__ = _binary(sub, swapped=True)
Tensor.__mul__ = _binary(mul)
Tensor.__rmul__ = _binary(mul, swapped=True)
Tensor.__neg__ = neg
Tensor.__float__ = lambda self: float(item(self))
Tensor.__array_ufunc__ = None  # array * tensor asks the tensor, which refuses: say nn.tensor(array)
for _method in (add, sub, mul, neg, reshape, flatten, sum, mean, item, to, cpu, cuda):
    setattr(Tensor, _method.__name__, _method)
