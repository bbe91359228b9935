"""Arithmetic of tensors and numbers: + - * / ** @ and unary minus, where, by PyTorch's names too.

The operands broadcast, a number may stand for a tensor, and dtypes meet as in PyTorch
(`nn.promotion`). Floating tensors are computed by kernels, with their gradients; integers and
booleans have neither, and are NumPy's or CuPy's.
"""

import math
import numbers
from collections.abc import Callable
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import is_floating
from crosscheck.kernels.elementwise.add import ADD
from crosscheck.kernels.elementwise.div import DIV
from crosscheck.kernels.elementwise.mul import MUL
from crosscheck.kernels.elementwise.operands import broadcast
from crosscheck.kernels.elementwise.pow_ import POW
from crosscheck.kernels.elementwise.pow_tensor import POW_TENSOR
from crosscheck.kernels.elementwise.where import WHERE
from crosscheck.kernels.linear import LINEAR
from crosscheck.kernels.operator import Operator
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.joining import stack
from crosscheck.nn.promotion import together
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, record
from crosscheck.nn.views import expand, reshape, squeeze, t, unsqueeze

Operand = Tensor | float


@public
def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input + alpha * other."""
    return _computed(ADD, lambda a, b: a + alpha * b, input, other, dict(alpha=alpha))


@public
def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input - alpha * other."""
    return add(input, other, alpha=-alpha)


@public
def mul(input: Operand, other: Operand) -> Tensor:
    """input * other."""
    return _computed(MUL, lambda a, b: a * b, input, other, {})


@public
def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """input / other: floating, also of integers.

    With the rounding_mode "trunc" it is rounded towards 0, with "floor" down, and that of integers
    is an integer; its gradient is 0. Raises RuntimeError for an integer by 0.
    """
    if rounding_mode is None:
        return _computed(DIV, None, input, other, {}, floating=True)
    if rounding_mode not in _QUOTIENTS:
        reject("div", "rounding_mode", rounding_mode, "None, 'trunc' or 'floor'")
    options = dict(rounding_mode=rounding_mode)
    return _computed(DIV, _QUOTIENTS[rounding_mode], input, other, options)


@public
def floor_divide(input: Operand, other: Operand) -> Tensor:
    """input // other: `div` with the rounding_mode "floor"."""
    return div(input, other, rounding_mode="floor")


def _floor_of_integers(a: Array, b: Array) -> Array:
    if not b.all():
        reject("div", "other", "an array with a 0", "integers other than 0", RuntimeError)
    return a // b


def _trunc_of_integers(a: Array, b: Array) -> Array:
    whole = _floor_of_integers(a, b)
    return whole + ((whole < 0) & (whole * b != a))


_QUOTIENTS = {"floor": _floor_of_integers, "trunc": _trunc_of_integers}


@public
def pow(input: Operand, exponent: Operand) -> Tensor:
    """input ** exponent. Of one number, the usual ones are products, roots and quotients."""
    if isinstance(input, Tensor) and not isinstance(exponent, Tensor):
        return apply(POW, dict(input=input), dict(exponent=exponent))[0]
    return _computed(POW_TENSOR, lambda a, b: a**b, input, exponent, {}, "exponent")


@public
def neg(input: Tensor) -> Tensor:
    """-input."""
    return mul(input, -1)


def _step(name: str) -> Callable[[Tensor], Tensor]:
    """Return a function that is constant between its steps: NumPy's, with a gradient of 0."""

    def step(input: Tensor) -> Tensor:
        x = array_of(name, "input", input)
        library = namespace(x)
        y = library.asarray(getattr(library, name)(x)) if is_floating(x.dtype) else x.copy()
        return record(name, y, (input, library.zeros_like))

    step.__name__ = step.__qualname__ = name
    step.__doc__ = f"NumPy's `{name}` of each element; the gradient is 0."
    return public(step)


floor, ceil, round, sign = map(_step, ("floor", "ceil", "round", "sign"))


@public
def where(condition: Tensor, input: Operand, other: Operand) -> Tensor:
    """input where the condition, a tensor of booleans, is true, else other."""
    mask = array_of("where", "condition", condition)
    if mask.dtype != bool:
        reject("where", "condition.dtype", mask.dtype.name, "bool", TypeError)
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        input = _number("where", input)
    input, other = together(input, other)
    if not is_floating(input.dtype):
        return Tensor(namespace(mask).where(mask, input.array, other.array))
    return apply(WHERE, dict(condition=condition, input=input, other=other), {})[0]


@public
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """`value` where the mask is true, else the input."""
    if array_of("masked_fill", "mask", mask).dtype != bool:
        reject("masked_fill", "mask.dtype", mask.dtype.name, "bool", TypeError)
    output = where(mask, value, input)
    if output.dtype != input.dtype:
        reject("masked_fill", "value", value, f"one of dtype {input.dtype.name}", TypeError)
    return output


@public
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices. Raises ValueError, TypeError."""
    for name, each in (("input", input), ("mat2", mat2)):
        if array_of("mm", name, each).ndim != 2:
            reject("mm", f"{name}.shape", tuple(each.shape), "2 dimensions")
    return _product("mm", input, mat2)


@public
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices. Raises ValueError, TypeError."""
    for name, each in (("input", input), ("mat2", mat2)):
        if array_of("bmm", name, each).ndim != 3:
            reject("bmm", f"{name}.shape", tuple(each.shape), "3 dimensions")
    if input.shape[0] != mat2.shape[0]:
        reject("bmm", "mat2.shape", tuple(mat2.shape), f"a batch of {input.shape[0]}")
    return _batched("bmm", input, mat2)


@public
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product of matrices, of vectors, or of batches of matrices that broadcast.

    Two matrices are one launch of the kernels of `linear`; a batch of them one each. Raises
    ValueError or TypeError.
    """
    for name, each in (("input", input), ("other", other)):
        if array_of("matmul", name, each).ndim == 0:
            reject("matmul", f"{name}.shape", (), "at least 1 dimension")
    if other.ndim <= 2:
        return _product("matmul", input, other)
    if input.ndim == 1:
        return squeeze(_batched("matmul", unsqueeze(input, 0), other), -2)
    return _batched("matmul", input, other)


def _product(op: str, input: Tensor, other: Tensor) -> Tensor:
    """Return (*, n, k) times (k, m) or (k)."""
    if input.shape[-1] != other.shape[0]:
        expected = f"{input.shape[-1]} rows, the last extent of {tuple(input.shape)}"
        reject(op, "other.shape", tuple(other.shape), expected)
    return apply(LINEAR, dict(input=input, weight=t(other), bias=None), {})[0]


def _batched(op: str, input: Tensor, other: Tensor) -> Tensor:
    """Return (*, n, k) times (*, k, m), where the leading dimensions broadcast."""
    lead = broadcast(op, input.shape[:-2], other.shape[:-2])
    pairs = [
        reshape(expand(each, *lead, *each.shape[-2:]), math.prod(lead), *each.shape[-2:])
        for each in (input, other)
    ]
    size = *lead, input.shape[-2], other.shape[-1]
    if math.prod(lead) == 0:
        return Tensor(namespace(input.array).zeros(size, input.dtype))
    products = [_product(op, a, b) for a, b in zip(*pairs, strict=True)]
    return reshape(stack(products), *size)


def _computed(
    operator: Operator,
    of_integers: Callable | None,
    input: Operand,
    other: Operand,
    options: dict[str, Any],
    second: str = "other",
    floating: bool = False,
) -> Tensor:
    """Return the operator's result by its kernels or, of integers, by the array library.

    `second` is what its kernels call the other operand.
    """
    for name, each in (("input", input), (second, other)):
        if not isinstance(each, (Tensor, numbers.Real)):
            reject(operator.name, name, type(each).__name__, "an nn.Tensor or a number", TypeError)
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        input = _number(operator.name, input)
    a, b = together(input, other, floating=floating, exact=True)
    if not is_floating(a.dtype):
        broadcast(operator.name, a.shape, b.shape, second)
        return Tensor(namespace(a.array).asarray(of_integers(a.array, b.array)))
    return apply(operator, {"input": a, second: b}, options)[0]


def _number(op: str, value: Any) -> Any:
    reject(op, "input", value, "a tensor, or one for other", TypeError)
