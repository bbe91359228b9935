"""Sums, means, variances, norms and extrema over dimensions, as PyTorch names them.

Floating tensors are reduced by kernels; var, std and norm are compositions of them on the tape.
Integers and booleans have no gradient: NumPy or CuPy reduces them.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.elementwise import div as quotient
from crosscheck.kernels.elementwise import mul as product
from crosscheck.kernels.elementwise import sqrt as root
from crosscheck.kernels.elementwise import where as choice
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.reduction.axes import axes
from crosscheck.kernels.reduction.max_ import MAX
from crosscheck.kernels.reduction.mean import MEAN
from crosscheck.kernels.reduction.min_ import MIN
from crosscheck.kernels.reduction.sum_ import SUM
from crosscheck.nn import elementwise
from crosscheck.nn.arithmetic import div, mul, sub, where
from crosscheck.nn.devices import to
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.promotion import together
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record

Dim = int | Sequence[int] | None


class Extrema(NamedTuple):
    """What max and min along a dimension return: the values, and where each is."""

    values: Tensor
    indices: Tensor


@public
def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over some dimensions, or over all; of integers and booleans it is int64."""
    x = array_of("sum", "input", input)
    if dtype is not None:
        input = to(input, dtype=dtype)
        x = input.array
    if x.dtype.kind != "f":
        over = axes("sum", dim, x.ndim)
        return _of(namespace(x).sum(x, over, dtype=dtype or np.int64, keepdims=keepdim), x)
    return apply(SUM, dict(input=input), dict(dim=dim, keepdim=keepdim))[0]


@public
def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over some dimensions, or over all."""
    input = input if dtype is None else to(input, dtype=dtype)
    return apply(MEAN, dict(input=input), dict(dim=dim, keepdim=keepdim))[0]


@public
def var(
    input: Tensor,
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Tensor:
    """The variance over some dimensions, or over all: the squared distances from the mean, added
    and divided by their count less `correction`, which is 1, or 0 with unbiased=False.
    """
    if isinstance(dim, bool):  # var(input, unbiased)
        dim, unbiased = None, dim
    x = array_of("var", "input", input)
    if correction is None:
        correction = 0 if unbiased is False else 1
    count = math.prod(x.shape[each] for each in axes("var", dim, x.ndim))
    distance = sub(input, mean(input, dim, True))
    freedom = count - correction if count > correction else 0
    return div(sum(mul(distance, distance), dim, keepdim), float(freedom))


@public
def std(
    input: Tensor,
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Tensor:
    """The root of `var`; where it is 0 its gradient is, too."""
    return _root("std", var(input, dim, unbiased, keepdim, correction=correction))


@public
def norm(input: Tensor, p: float | str = 2, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The p-norm over some dimensions, or over all: the root of the sum of squares for 2 or "fro",
    the sum of magnitudes for 1, the largest for infinity. Where it is 0 its gradient is, too.

    Raises ValueError for another p, which PyTorch has.
    """
    array_of("norm", "input", input)
    if p in (2, "fro"):
        return _root("norm", sum(mul(input, input), dim, keepdim))
    if p == 1:
        return sum(elementwise.abs(input), dim, keepdim)
    if p == math.inf:
        return amax(elementwise.abs(input), () if dim is None else dim, keepdim)
    reject("norm", "p", p, "1, 2, 'fro' or infinity")


def _root(name: str, input: Tensor) -> Tensor:
    """Return the square root; where it is 0 its gradient is, not infinity."""
    output = Tensor(root.forward(input.array))
    y = output.array

    def derivative(dy: Array) -> Array:
        two, zero = (namespace(y).full((), each, y.dtype) for each in (2, 0))
        isnt_zero = namespace(y).asarray(y != 0)
        return choice.forward(isnt_zero, quotient.forward(dy, product.forward(y, two)), zero)

    return record(name, output, (input, derivative, output))


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


@public
def all(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (not 0)."""
    x = array_of("all", "input", input)
    return _of(namespace(x).all(x, axes("all", dim, x.ndim), keepdims=keepdim), x)


@public
def any(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true (not 0)."""
    x = array_of("any", "input", input)
    return _of(namespace(x).any(x, axes("any", dim, x.ndim), keepdims=keepdim), x)


def _extremum(operator: Operator, pairs: str, input: Tensor, dim: Any, keepdim: bool) -> Any:
    x = array_of(operator.name, "input", input)
    if isinstance(dim, Tensor):
        return (maximum if pairs == "maximum" else minimum)(input, dim)
    if dim is None:
        if x.size == 0:
            reject(operator.name, "input.shape", x.shape, "at least one element, or a dim")
        return _shared(operator.name, operator, input, (), False)
    if x.dtype.kind == "f":
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
    if x.dtype.kind != "f":
        function = getattr(namespace(x), operator.name)
        return _of(function(x, over, keepdims=keepdim), x)
    wide = x if over else x.copy()
    for each in reversed(over):
        wide, _ = operator.directions["forward"].function(wide, each, True)
    y = wide if keepdim else wide.reshape([n for i, n in enumerate(x.shape) if i not in over])

    def derivative(dy: Array) -> Array:
        library = namespace(dy)
        equal = library.asarray((x == wide) | (library.isnan(x) & library.isnan(wide)))
        count = equal.sum(over, keepdims=True).astype(dy.dtype)
        each = quotient.forward(dy.reshape(wide.shape), count)
        return choice.forward(equal, each, library.zeros((), dy.dtype))

    return record(op, y, (input, derivative, input))


def _where(operator: Operator, op: str, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    x = array_of(op, "input", input)
    if x.size == 0 and dim is None:
        reject(op, "input.shape", x.shape, "at least one element, or a dim", IndexError)
    flat = x.reshape(-1) if dim is None else x
    if x.dtype.kind == "f":
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
    chosen = where(Tensor(beats(a, b) | (a != a)), input.detach(), other.detach())

    def derivative(loses: Array, size: Sequence[int]) -> Callable[[Array], Array]:
        share = namespace(a).where(a == b, 0.5, ~loses).astype(a.dtype)
        return lambda dy: product.input_gradient(dy, share, size)

    edges = [(input, derivative(beats(b, a), a.shape)), (other, derivative(beats(a, b), b.shape))]
    return record(op, chosen.array, *edges)


def _of(value: Any, like: Array) -> Tensor:
    """Return what NumPy reduced, which may be a number of its own, as a tensor."""
    return Tensor(namespace(like).asarray(value))
