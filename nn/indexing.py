"""tensor[key] and tensor[key] = value, for every key that NumPy and PyTorch share.

Integers, slices, None and an ellipsis give a view. Where the key has an array of integers or
booleans, the elements are gathered by the kernel `take`, whose gradient adds without atomics.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import axis, reject
from crosscheck.kernels.arrays import Array, address, namespace
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise.cast import converted
from crosscheck.kernels.elementwise.clone import copy
from crosscheck.kernels.indexing.take import TAKE
from crosscheck.kernels.reduction import to_size
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.parts import part
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record
from crosscheck.nn.views import reshape


def getitem(self: Tensor, key: Any) -> Tensor:
    """Return self[key]. Raises IndexError, ValueError for a step below 1, TypeError."""
    key = _key("getitem", key, self)
    if _is_basic(key):
        with _places("getitem", key, self.array):
            return part("getitem", self, key)
    return take(self, Tensor(_positions("getitem", self.array, key)))


@public
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements with these numbers in row-major order, in the shape of the index."""
    x, at = array_of("take", "input", input), array_of("take", "index", index)
    if not is_floating(x.dtype):
        return Tensor(namespace(x).asarray(namespace(x).take(x, at)))
    return apply(TAKE, dict(input=input, index=index), {})[0]


@public
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The elements of a dimension with these numbers. Raises IndexError, TypeError."""
    at = axis("index_select", "dim", dim, array_of("index_select", "input", input).ndim)
    if input.ndim == 0:
        return reshape(take(input, index), ())
    return getitem(input, (*at * (slice(None),), index))


@public
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """For each number in the index the element at its place, but in `dim` at that number."""
    x, chosen = array_of("gather", "input", input), array_of("gather", "index", index)
    if chosen.size == 0:
        return take(input, Tensor(chosen.astype(np.int64)))
    if max(x.ndim, chosen.ndim) <= 1:
        return take(input, index)
    if x.ndim != chosen.ndim:
        reject("gather", "index.shape", tuple(chosen.shape), f"{x.ndim} dimensions")
    at, library = axis("gather", "dim", dim, x.ndim), namespace(x)
    places = map(library.arange, chosen.shape)
    key = list(library.meshgrid(*places, indexing="ij", sparse=True))
    key[at] = chosen
    return take(input, Tensor(_positions("gather", x, tuple(key))))


def setitem(self: Tensor, key: Any, value: Tensor | float) -> None:
    """self[key] = value, in place: what was there gets no gradient, and the value gets its part.

    Raises RuntimeError for a leaf that requires grad, and like `getitem`.
    """
    key, library = _key("setitem", key, self), namespace(self.array)
    if _is_basic(key):
        key = key if Ellipsis in key else (*key, Ellipsis)
    if not isinstance(value, Tensor):
        value = Tensor(library.asarray(value, self.dtype))
    with _places("setitem", key, self.array):
        target, size, dtype = self.array[key], value.shape, value.dtype
    try:
        wide = library.broadcast_to(value.array, target.shape)
    except ValueError:
        expected = f"a shape that broadcasts to {target.shape}"
        reject("setitem", "value.shape", tuple(size), expected)
    is_there = _is_basic(key) and _are_one(value.array, target)
    if is_there:
        self.settle(value)
    array = self.overwritable("setitem")
    if not _is_basic(key):
        array[key] = wide
    elif not is_there:
        copy(wide, target)

    def kept(dy: Array) -> Array:
        dx = dy.copy()
        dx[key] = 0
        return dx

    def at_places(dy: Array) -> Array:
        return converted(to_size(dy[key], size), dtype)

    record("setitem", self, (self, kept), (value, at_places))


@contextmanager
def _places(op: str, key: tuple, x: Array) -> Iterator[None]:
    """Name the key in what the array library raises where x has no such places."""
    try:
        yield
    except IndexError as problem:
        expected = f"a place in shape {tuple(x.shape)}: {problem}"
        reject(op, "key", key, expected, IndexError)


def _are_one(a: Array, b: Array) -> bool:
    return address(a) == address(b) and (a.shape, a.strides) == (b.shape, b.strides)


def _key(op: str, key: Any, like: Tensor) -> tuple:
    """Return a key as a tuple of what NumPy takes."""
    library = namespace(like.array)
    items = []
    for each in key if isinstance(key, tuple) else (key,):
        if isinstance(each, Tensor):
            each = each.array
        elif isinstance(each, (list, range)):
            each = library.asarray(each)
        if isinstance(each, slice) and each.step is not None and each.step < 1:
            reject(op, "key", each, "a step of at least 1")
        items.append(each)
    return tuple(items)


def _is_basic(key: tuple) -> bool:
    return all(
        each is None
        or each is Ellipsis
        or isinstance(each, slice)
        or (isinstance(each, (int, np.integer)) and not isinstance(each, bool))
        for each in key
    )


def _positions(op: str, x: Array, key: tuple) -> Array:
    """Return, for each element of x[key], its number in row-major order.

    The array library indexes the numbers themselves: so every kind of key is one kind.
    """
    numbers = namespace(x).arange(x.size).reshape(x.shape)
    with _places(op, key, x):
        return numbers[key]
