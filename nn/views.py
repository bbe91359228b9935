"""Views of a tensor: another shape or order of axes of the same memory; parts.py has its parts.

A view counts the same in-place writes as its base (`nn.tape.Memory`), and its gradient is a view of
the output's gradient in turn. PyTorch's names, arguments and defaults.
"""

import math
from collections.abc import Sequence

from crosscheck.kernels.arguments import axis, integer, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.reduction import to_size
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tape import Derivative
from crosscheck.nn.tensor import Tensor, record

Shape = int | Sequence[int]


def view_of(name: str, input: Tensor, array: Array, derivative: Derivative) -> Tensor:
    """Return `array`, which shares the input's memory or is a copy, as a tensor on the tape."""
    shares = array.size == 0 or namespace(array).may_share_memory(array, input.array)
    output = Tensor(array, memory=input.memory if shares else None)
    return record(name, output, (input, derivative))


def sizes(op: str, name: str, given: tuple[Shape, ...], minimum: int = 0) -> tuple[int, ...]:
    """Return a shape that was given as one sequence or as several numbers."""
    one = len(given) == 1 and isinstance(given[0], Sequence) and not isinstance(given[0], str)
    return tuple(integer(op, name, each, minimum) for each in (given[0] if one else given))


@public
def reshape(input: Tensor, *shape: Shape) -> Tensor:
    """The same elements in another shape; one extent may be -1 and follows from the others.

    Shares the memory of the input where its strides allow it. Raises ValueError or TypeError.
    """
    return _reshaped("reshape", input, shape)


@public
def view(self: Tensor, *shape: Shape) -> Tensor:
    """The same memory in another shape, as `Tensor.view`.

    Raises RuntimeError where the strides do not allow it, as PyTorch; ValueError or TypeError.
    """
    output = _reshaped("view", self, shape)
    if output.memory is not self.memory:
        expected = f"strides that a view of shape {tuple(output.shape)} can have, or reshape"
        reject("view", "input.strides", self.array.strides, expected, RuntimeError)
    return output


@public
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """`view(other.shape)`."""
    return view(self, other.shape)


def _reshaped(op: str, input: Tensor, shape: tuple[Shape, ...]) -> Tensor:
    x = array_of(op, "input", input)
    size, before = _inferred(op, x.size, sizes(op, "shape", shape, -1)), x.shape
    return view_of(op, input, x.reshape(size), lambda dy: dy.reshape(before))


def _inferred(op: str, count: int, size: tuple[int, ...]) -> tuple[int, ...]:
    known = math.prod(extent for extent in size if extent != -1)
    if size.count(-1) > 1 or (-1 in size and known == 0):
        reject(op, "shape", size, "no more than one -1, with a number that follows from it")
    if -1 in size and count % known == 0:
        size = tuple(count // known if extent == -1 else extent for extent in size)
    if math.prod(size) != count:
        reject(op, "shape", size, f"a shape of {count} elements")
    return size


@public
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Make the dimensions from start_dim to end_dim one, as `torch.flatten`."""
    size = array_of("flatten", "input", input).shape or (1,)
    first = axis("flatten", "start_dim", start_dim, len(size))
    last = axis("flatten", "end_dim", end_dim, len(size))
    if first > last:
        reject("flatten", "start_dim", start_dim, f"no dimension after end_dim {end_dim}")
    middle = math.prod(size[first : last + 1])
    return reshape(input, *size[:first], middle, *size[last + 1 :])


@public
def permute(input: Tensor, dims: Shape, *more: int) -> Tensor:
    """The dimensions in another order. Raises ValueError, IndexError, TypeError."""
    x = array_of("permute", "input", input)
    given = sizes("permute", "dims", (dims, *more), None)
    order = [axis("permute", "dims", dim, x.ndim) for dim in given]
    if sorted(order) != list(range(x.ndim)):
        reject("permute", "dims", given, f"each of the {x.ndim} dimensions once")
    inverse = sorted(range(x.ndim), key=order.__getitem__)
    return view_of("permute", input, x.transpose(order), lambda dy: dy.transpose(inverse))


@public
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions in each other's place."""
    x = array_of("transpose", "input", input)
    first, second = (
        axis("transpose", name, dim, x.ndim) for name, dim in (("dim0", dim0), ("dim1", dim1))
    )
    order = list(range(x.ndim))
    if order:
        order[first], order[second] = second, first
    return view_of("transpose", input, x.transpose(order), lambda dy: dy.transpose(order))


@public
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; fewer dimensions stay as they are. Raises RuntimeError."""
    if array_of("t", "input", input).ndim > 2:
        reject("t", "input.shape", tuple(input.shape), "at most 2 dimensions", RuntimeError)
    return permute(input, tuple(reversed(range(input.ndim))))


@public
def squeeze(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Without the dimensions of one element: all of them, or those of `dim`."""
    x = array_of("squeeze", "input", input)
    chosen = range(x.ndim) if dim is None else [dim] if not isinstance(dim, Sequence) else dim
    chosen = [axis("squeeze", "dim", each, x.ndim) for each in chosen]
    size = [extent for i, extent in enumerate(x.shape) if i not in chosen or extent != 1]
    before = x.shape
    return view_of("squeeze", input, x.reshape(size), lambda dy: dy.reshape(before))


@public
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a dimension of one element before dimension `dim`."""
    x = array_of("unsqueeze", "input", input)
    at, before = axis("unsqueeze", "dim", dim, x.ndim + 1), x.shape
    size = (*before[:at], 1, *before[at:])
    return view_of("unsqueeze", input, x.reshape(size), lambda dy: dy.reshape(before))


@public
def expand(self: Tensor, *size: Shape) -> Tensor:
    """The same elements repeated along dimensions of one element and new leading ones; -1 keeps an
    extent. NumPy lets nobody write to such a view. Raises ValueError or TypeError.
    """
    x, given = array_of("expand", "input", self), sizes("expand", "size", size, -1)
    lead, before = len(given) - x.ndim, x.shape
    wanted = tuple(
        before[i - lead] if extent == -1 and i >= lead else extent for i, extent in enumerate(given)
    )
    fits = lead >= 0 and all(
        own in (1, extent) for own, extent in zip(before, wanted[max(lead, 0) :], strict=True)
    )
    if not fits or -1 in wanted:
        reject("expand", "size", given, f"a size that {tuple(before)} broadcasts to")
    y = namespace(x).broadcast_to(x, wanted)
    return view_of("expand", self, y, lambda dy: to_size(dy, before))


@public
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """`expand(other.shape)`."""
    return expand(self, other.shape)
