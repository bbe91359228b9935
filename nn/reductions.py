"""Sums, means, variances and norms over dimensions, as PyTorch names them.

Floating tensors are reduced by kernels; var and std are compositions of them on the tape.
Integers and booleans have no gradient: NumPy or CuPy reduces them.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import SHORT, is_floating
from crosscheck.kernels.elementwise import div as quotient
from crosscheck.kernels.elementwise import mul as product
from crosscheck.kernels.elementwise import sqrt as root
from crosscheck.kernels.elementwise import where as choice
from crosscheck.kernels.reduction.axes import axes
from crosscheck.kernels.reduction.mean import MEAN
from crosscheck.kernels.reduction.sum_ import SUM
from crosscheck.nn import linalg
from crosscheck.nn.arithmetic import div, mul, sub
from crosscheck.nn.devices import to
from crosscheck.nn.extrema import reduced
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record

Dim = int | Sequence[int] | None


@public
def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over some dimensions, or over all; of integers and booleans it is int64."""
    x = array_of("sum", "input", input)
    if dtype is not None:
        input = to(input, dtype=dtype)
        x = input.array
    if not is_floating(x.dtype):
        over = axes("sum", dim, x.ndim)
        return reduced(namespace(x).sum(x, over, dtype=dtype or np.int64, keepdims=keepdim), x)
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
    if x.dtype.type in SHORT:  # the squares would be rounded
        options = dict(keepdim=keepdim, correction=correction)
        return to(var(to(input, dtype=np.float32), dim, unbiased, **options), dtype=x.dtype)
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
def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Dim = None,
    keepdim: bool = False,
    dtype: Any = None,
) -> Tensor:
    """The p-norm over some dimensions, or over all: `linalg.vector_norm`; "fro" stands for 2.

    Raises ValueError for "nuc", which PyTorch has.
    """
    array_of("norm", "input", input)
    if p == "nuc":
        reject("norm", "p", p, "'fro' or a number")
    return linalg.vector_norm(input, 2 if p in (None, "fro") else p, dim, keepdim, dtype=dtype)


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
def all(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (not 0)."""
    x = array_of("all", "input", input)
    return reduced(namespace(x).all(x, axes("all", dim, x.ndim), keepdims=keepdim), x)


@public
def any(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true (not 0)."""
    x = array_of("any", "input", input)
    return reduced(namespace(x).any(x, axes("any", dim, x.ndim), keepdims=keepdim), x)
