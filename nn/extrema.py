"""The largest and smallest elements: over dimensions, with their places, or of pairs.

Floating tensors are reduced by kernels, one dimension after the other. Integers and booleans have
no gradient: NumPy or CuPy reduces them.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.arguments import axis, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise import div as quotient
from crosscheck.kernels.elementwise import mul as product
from crosscheck.kernels.elementwise import where as choice
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.reduction.axes import Dim, axes
from crosscheck.kernels.reduction.max_ import MAX
from crosscheck.kernels.reduction.min_ import MIN
from crosscheck.nn.arithmetic import where
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.promotion import together
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record


class Extrema(NamedTuple):
    """What max and min along a dimension return: the values, and where each is."""

    values: Tensor
    indices: Tensor


@public
def max(input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """The largest element; along `dim` the (values, indices), of equal ones the first; of two
    tensors the larger element of each pair.

    NaN counts as larger than every number. The one largest element shares its gradient among all
    that equal it, as PyTorch. Raises ValueError, IndexError, TypeError.
    """
    return _extremum(MAX, "maximum", input, dim, keepdim)


@public
def min(input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """The smallest element; otherwise as `max`."""
    return _extremum(MIN, "minimum", input, dim, keepdim)


@public
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger element of each pair, NaN if one is; two equal ones share the gradient."""
    return _of_pairs("maximum", np.greater, input, other)


@public
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller element of each pair, NaN if one is; two equal ones share the gradient."""
    return _of_pairs("minimum", np.less, input, other)


@public
def amax(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The largest element over some dimensions, or over all; equal ones share the gradient."""
    return _shared("amax", MAX, input, dim, keepdim)


@public
def amin(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The smallest element over some dimensions, or over all; equal ones share the gradient."""
    return _shared("amin", MIN, input, dim, keepdim)


@public
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is: along `dim`, or in row-major order; of several the first."""
    return _where(MAX, "argmax", input, dim, keepdim)


@public
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is: along `dim`, or in row-major order; of several the first."""
    return _where(MIN, "argmin", input, dim, keepdim)


def _extremum(operator: Operator, pairs: str, input: Tensor, dim: Any, keepdim: bool) -> Any:
    x = array_of(operator.name, "input", input)
    if isinstance(dim, Tensor):
        return (maximum if pairs == "maximum" else minimum)(input, dim)
    if dim is None:
        if x.size == 0:
            reject(operator.name, "input.shape", x.shape, "at least one element, or a dim")
        return _shared(operator.name, operator, input, (), False)
    if is_floating(x.dtype):
        options = dict(dim=dim, keepdim=keepdim)
        return Extrema(*apply(operator, dict(input=input), options))
    indices = _where(operator, operator.name, input, dim, True)
    values = Tensor(namespace(x).take_along_axis(x, indices.array, dim) if x.ndim else x)
    if keepdim or not x.ndim:
        return Extrema(values, indices)
    return Extrema(*(Tensor(each.array.squeeze(dim)) for each in (values, indices)))


def _shared(op: str, operator: Operator, input: Tensor, dim: Dim, keepdim: bool) -> Tensor:
    """Return the extremum over several dimensions, one after the other, the last first."""
    x = array_of(op, "input", input)
    over = axes(op, dim, x.ndim)
    if not is_floating(x.dtype):
        function = getattr(namespace(x), operator.name)
        return reduced(function(x, over, keepdims=keepdim), x)
    wide = x if over else x.copy()
    for each in reversed(over):
        wide, _ = operator.directions["forward"].function(wide, each, True)
    y = wide if keepdim else wide.reshape([n for i, n in enumerate(x.shape) if i not in over])

    def derivative(dy: Array) -> Array:
        library = namespace(dy)
        equal = library.asarray((x == wide) | (library.isnan(x) & library.isnan(wide)))
        count = library.asarray(equal.sum(over, keepdims=True), dy.dtype)
        each = quotient.forward(dy.reshape(wide.shape), count)
        return choice.forward(equal, each, library.zeros((), dy.dtype))

    output = Tensor(y)
    return record(op, output, (input, derivative, input, output))


def _where(operator: Operator, op: str, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    x = array_of(op, "input", input)
    if x.size == 0 and dim is None:
        reject(op, "input.shape", x.shape, "at least one element, or a dim", IndexError)
    if dim is not None:
        axis(op, "dim", dim, x.ndim)
    flat = x.reshape(-1) if dim is None else x
    if is_floating(x.dtype):
        _, indices = operator.directions["forward"].function(flat, dim or 0, keepdim)
    else:
        (at,) = axes(op, dim or 0, flat.ndim) or (0,)
        function = getattr(namespace(x), f"arg{operator.name}")
        indices = namespace(x).asarray(function(flat, at, keepdims=keepdim))
    return Tensor(indices.reshape(x.ndim * (1,) if keepdim else ()) if dim is None else indices)


def _of_pairs(op: str, beats: Callable, input: Tensor, other: Tensor) -> Tensor:
    for name, each in (("input", input), ("other", other)):
        array_of(op, name, each)
    input, other = together(input, other)
    a, b = input.array, other.array
    mask = reduced(beats(a, b) | (a != a), a)
    chosen = where(mask, input.detach(), other.detach())

    def derivative(loses: Array, size: Sequence[int]) -> Callable[[Array], Array]:
        library = namespace(a)
        share = library.asarray(library.where(a == b, 0.5, ~loses), a.dtype)
        return lambda dy: product.input_gradient(dy, share, size)

    edges = [(input, derivative(beats(b, a), a.shape)), (other, derivative(beats(a, b), b.shape))]
    return record(op, chosen.array, *edges)


def reduced(value: Any, like: Array) -> Tensor:
    """Return what NumPy reduced, which may be a number of its own, as a tensor."""
    return Tensor(namespace(like).asarray(value))
