"""New tensors from the elements of others: cat, stack, clone, contiguous, repeat, flip.

The elements are copied to their places by the kernel of `kernels.elementwise.clone`; the gradient
of an input is the part of the output's gradient that lies where the input was put.
"""

from collections.abc import Sequence
from functools import partial

from crosscheck.kernels.arguments import axis, reject
from crosscheck.kernels.arrays import Array, empty_of, namespace
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise.clone import CLONE, copy
from crosscheck.kernels.memory_format import channels_last, is_channels_last
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.promotion import together
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record
from crosscheck.nn.views import Shape, expand, reshape, sizes, unsqueeze, view_of


@public
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors one after the other along a dimension; their other extents agree.

    A tensor of shape (0,) counts for nothing, as in PyTorch. Images whose channels lie last in
    memory give such an output. Raises ValueError, IndexError, TypeError.
    """
    return _cat("cat", tensors, dim)


@public
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape one after the other along a new dimension. Raises like `cat`."""
    given = _sequence("stack", tensors)
    for number, each in enumerate(given):
        if array_of("stack", f"tensors[{number}]", each).shape != given[0].shape:
            expected = f"{tuple(given[0].shape)}, the shape of the first"
            reject("stack", f"tensors[{number}].shape", tuple(each.shape), expected)
    return _cat("stack", [unsqueeze(each, dim) for each in given], dim)


def _cat(op: str, tensors: Sequence[Tensor], dim: int) -> Tensor:
    given = _sequence(op, tensors)
    for number, each in enumerate(given):
        array_of(op, f"tensors[{number}]", each)
    given = together(*given)
    some = [each for each in given if each.shape != (0,)] or given
    first = some[0].array
    if first.ndim == 0:
        reject(op, "tensors[0].shape", (), "at least one dimension")
    at = axis(op, "dim", dim, first.ndim)
    around = (*first.shape[:at], *first.shape[at + 1 :])
    for number, each in enumerate(given):
        own = each.shape
        if each.shape != (0,) and (len(own) != first.ndim or (*own[:at], *own[at + 1 :]) != around):
            expected = f"a shape as {tuple(first.shape)} but in dim {at}"
            reject(op, f"tensors[{number}].shape", tuple(own), expected)
    size = (*first.shape[:at], sum(each.shape[at] for each in some), *first.shape[at + 1 :])
    nhwc = all(is_channels_last(each.shape, each.array.strides) for each in some)
    strides = channels_last(size) if nhwc else None
    output, start, edges = empty_of(namespace(first), size, first.dtype, strides), 0, []
    edges += [(each, _none) for each in given if each.shape == (0,) and first.shape != (0,)]
    for each in some:
        place = (*at * (slice(None),), slice(start, start + each.shape[at]))
        start += each.shape[at]
        copy(each.array, output[place])
        edges.append((each, partial(_part, place)))
    return record(op, output, *edges)


def _sequence(op: str, tensors: Sequence[Tensor]) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        reject(op, "tensors", type(tensors).__name__, "a sequence of tensors", TypeError)
    if not tensors:
        reject(op, "tensors", tensors, "at least one tensor")
    return list(tensors)


def _none(dy: Array) -> Array:
    """The gradient of a tensor of shape (0,)."""
    return namespace(dy).zeros(0, dy.dtype)


def _part(place: tuple[slice, ...], dy: Array) -> Array:
    return dy[place]


@public
def clone(input: Tensor) -> Tensor:
    """A copy in the same memory order; its gradient is the input's."""
    if not is_floating(array_of("clone", "input", input).dtype):
        return Tensor(input.array.copy())
    return apply(CLONE, dict(input=input), {})[0]


@public
def contiguous(self: Tensor) -> Tensor:
    """The tensor itself where its memory is in row-major order, else a copy that is."""
    x = array_of("contiguous", "input", self)
    if x.flags.c_contiguous:
        return self
    y = empty_of(namespace(x), x.shape, x.dtype)
    copy(x, y)
    return record("contiguous", y, (self, lambda dy: dy.view()))


@public
def is_contiguous(self: Tensor) -> bool:
    """Whether the memory is in row-major order."""
    return bool(array_of("is_contiguous", "input", self).flags.c_contiguous)


@public
def repeat(self: Tensor, *repeats: Shape) -> Tensor:
    """The tensor so many times along each dimension; more numbers than dimensions lead.

    Raises ValueError or TypeError.
    """
    x, times = array_of("repeat", "input", self), sizes("repeat", "repeats", repeats)
    if len(times) < x.ndim:
        reject("repeat", "repeats", times, f"at least {x.ndim} numbers, one for each dimension")
    size = (*(len(times) - x.ndim) * (1,), *x.shape)
    apart = [extent for own in size for extent in (1, own)]
    wide = [extent for pair in zip(times, size, strict=True) for extent in pair]
    whole = [time * own for time, own in zip(times, size, strict=True)]
    return reshape(contiguous(expand(reshape(self, *apart), *wide)), *whole)


@public
def flip(input: Tensor, dims: Shape, *more: int) -> Tensor:
    """A copy with the elements of these dimensions in reverse order. Raises like `permute`."""
    x, dims = array_of("flip", "input", input), (dims, *more)
    chosen = [axis("flip", "dims", dim, x.ndim) for dim in sizes("flip", "dims", dims, None)]
    if len(set(chosen)) < len(chosen):
        reject("flip", "dims", dims, "each dimension once")
    key = tuple(slice(None, None, -1 if i in chosen else 1) for i in range(x.ndim))
    return contiguous(view_of("flip", input, x[(*key, ...)], lambda dy: dy[(*key, ...)]))
