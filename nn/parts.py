"""Parts of a tensor: views of some of its elements, whose gradient is 0 everywhere else.

PyTorch's names, arguments and defaults.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from crosscheck.kernels.arguments import axis, integer, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.elementwise.clone import copy
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor
from crosscheck.nn.views import view_of


@public
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`length` elements of a dimension from `start` on. Raises IndexError, ValueError."""
    at, extent = _extent("narrow", input, dim)
    length, start = integer("narrow", "length", length, 0), integer("narrow", "start", start)
    if not -extent <= start <= extent:
        reject("narrow", "start", start, f"an index of {-extent} to {extent}", IndexError)
    start += extent * (start < 0)
    if start + length > extent:
        reject("narrow", "length", length, f"at most {extent - start}, from start {start} on")
    return part("narrow", input, _along(at, slice(start, start + length)))


@public
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One element of a dimension. Raises IndexError or TypeError."""
    at, extent = _extent("select", input, dim)
    index = integer("select", "index", index)
    if not -extent <= index < extent:
        reject("select", "index", index, f"an index of {-extent} to {extent - 1}", IndexError)
    return part("select", input, _along(at, index))


@public
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All elements of a dimension, one by one. Raises IndexError or TypeError."""
    at, extent = _extent("unbind", input, dim)
    return tuple(part("unbind", input, _along(at, index)) for index in range(extent))


@public
def split(
    input: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Parts of a dimension: of one size, of which the last may be smaller, or of these sizes.

    Raises ValueError, IndexError, TypeError.
    """
    name, given = "split_size_or_sections", split_size_or_sections
    at, extent = _extent("split", input, dim)
    if isinstance(given, Sequence):
        sections = [integer("split", name, each, 0) for each in given]
        if sum(sections) != extent:
            reject("split", name, given, f"sizes that add up to {extent}")
    else:
        step = integer("split", name, given, 0 if extent == 0 else 1)
        sections = [min(step, extent - start) for start in range(0, extent, step or 1)] or [0]
    ends = accumulate(sections, initial=0)
    return tuple(
        part("split", input, _along(at, slice(start, end))) for start, end in pairwise(ends)
    )


@public
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most so many parts of a dimension, all of one size but the last. Raises like `split`."""
    chunks = integer("chunk", "chunks", chunks, 1)
    at, extent = _extent("chunk", input, dim)
    return split(input, [0] * chunks if extent == 0 else -(-extent // chunks), at)


def _extent(op: str, input: Tensor, dim: int) -> tuple[int, int]:
    """Return a dimension counted from 0, and its extent: a number alone has no parts."""
    x = array_of(op, "input", input)
    if x.ndim == 0:
        reject(op, "input.shape", (), "at least one dimension", IndexError)
    at = axis(op, "dim", dim, x.ndim)
    return at, x.shape[at]


def _along(at: int, place: int | slice) -> tuple[int | slice, ...]:
    """Return the key of a place in one dimension, with all of those before it."""
    return (*at * (slice(None),), place)


def part(name: str, input: Tensor, key: Any) -> Tensor:
    """Return the view input[key] of integers, slices, None and an ellipsis."""
    x = input.array
    key = key if Ellipsis in key else (*key, Ellipsis)  # NumPy returns a number without one
    shape, library = x.shape, namespace(x)

    def derivative(dy: Array) -> Array:
        dx = library.zeros(shape, dy.dtype)
        copy(dy, dx[key])
        return dx

    return view_of(name, input, x[key], derivative)
