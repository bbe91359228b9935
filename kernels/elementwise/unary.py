"""Functions of one array, element by element: one mechanism for all of them.

A function is its formula and its derivative, as device functions, and the numbers that both take:

    @device_function
    def elu(x, alpha):
        return x if x > real(0) else alpha * math.expm1(x)

    @device_function
    def elu_gradient(dy, x, alpha):
        return dy if x > real(0) else dy * (alpha * math.exp(x))

    def _numbers(op: str, alpha: float = 1.0) -> Numbers:
        return (number(op, "alpha", alpha),)

    ELU = Unary("elu", elu, elu_gradient, _numbers)
    ALGORITHMS, forward, input_gradient = ELU.algorithms, ELU.forward, ELU.input_gradient

From these follow the kernels, the checks, and the two public functions with their signatures. A
derivative that is simpler in terms of the result calls its second parameter y: it is then given the
output of the forward pass in place of the input.

Threads: one per element. Layout: any dense memory order, walked as one row; see `kernels.views`
for the other strides. Constraints: none. `vectorized` (see `kernels.vectorized`) moves 128 bits at
a time.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import cache, partial
from numbers import Real
from typing import Any

import numpy as np

from crosscheck.kernels import public_function, vectorized
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import DeviceFunction, cuda, index, kernel
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import Views

Numbers = tuple[float, ...]

DESCRIPTION = """Return `torch`'s {name} of a floating array of any shape.

The output has the input's dtype and shape and, like PyTorch's, its memory order. `out`, when given,
is written through its strides and may be the input itself.
Raises ValueError or TypeError before anything is launched.
"""
GRADIENT_DESCRIPTION = """Return the gradient of {name} with respect to the input.

`{reads}` is that of the forward pass, of the dtype, shape and device of `grad_output`.
Raises like `forward`.
"""


@cache
def build(function: DeviceFunction) -> Any:
    """Return the kernel of a formula or a derivative, named as if it stood beside it."""

    @kernel
    def forward_kernel(x, y, numbers):
        i = index(cuda.grid(1))
        if i < index(y.size):
            y[i] = function(x[i], *numbers)

    @kernel
    def input_gradient_kernel(dy, read, dx, numbers):
        """`read` is x or y."""
        i = index(cuda.grid(1))
        if i < index(dx.size):
            dx[i] = function(dy[i], read[i], *numbers)

    is_derivative = next(iter(inspect.signature(function.py_func).parameters)) == "dy"
    made = input_gradient_kernel if is_derivative else forward_kernel
    made.rename(made.__name__)
    made.py_func.__module__ = function.py_func.__module__
    return made


def _direct(function: DeviceFunction, numbers: Numbers, *arrays: Array) -> None:
    *inputs, out = arrays
    views = Views.merged(out, *inputs, rank=1)
    build(function).forall(out.size)(*views.inputs, views.out, numbers)
    views.finish()


def _rows(function: DeviceFunction, name: str, numbers: Numbers, *arrays: Array) -> bool:
    *inputs, out = arrays
    return vectorized.compute(function, name, out, *inputs, numbers=numbers)


def _table(function: DeviceFunction, name: str) -> Any:
    return vectorized.table(partial(_rows, function, name), partial(_direct, function))


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros(4096, dtype)}, {}


def no_numbers(op: str) -> Numbers:
    """Return what a function without options takes beside its array: nothing."""
    return ()


def number(op: str, name: str, value: Any) -> float:
    """Return an option as a float. Raises TypeError for what is no number."""
    if not isinstance(value, Real):
        reject(op, name, value, "a number", TypeError)
    return float(value)


class Unary(Operator):
    """An operator on one array: `forward`, `input_gradient`, and what else an operator has.

    name        its name in PyTorch
    formula     (x, *numbers) -> y, a device function
    derivative  (dy, x or y, *numbers) -> dx, a device function
    numbers     (op, options) -> what both get beside the elements; its options, with annotations
                and defaults, are those of the public functions. Raises TypeError or ValueError
    examples    as `Operator` has them, where there are options without a default

    `reads` is what the derivative reads: "input" or "output".
    """

    def __init__(
        self,
        name: str,
        formula: DeviceFunction,
        derivative: DeviceFunction,
        numbers: Callable[..., Numbers] = no_numbers,
        examples: Callable[[type], Iterator[Example]] = _examples,
    ) -> None:
        tables = {
            "forward": _table(formula, name),
            "input_gradient": _table(derivative, f"{name}_gradient"),
        }
        super().__init__(name, tables, examples)
        read = list(inspect.signature(derivative.py_func).parameters)[1]
        self.reads = reads = {"x": "input", "y": "output"}[read]

        def plan(op: str, input: Size, *options: Any) -> Plan:
            return Plan(numbers(op, *options), [Output(input, like="input")])

        def gradient_plan(op: str, grad_output: Size, read: Size, *options: Any) -> Plan:
            output = Output(grad_output, like="grad_output")
            return Plan(numbers(op, *options), [output], sizes={reads: grad_output})

        given, text = public_function.options(numbers), DESCRIPTION.format(name=name)
        parameters = [public_function.array("input"), *given]
        self.forward = public_function.define(self, "forward", parameters, plan, text)
        parameters = [*map(public_function.array, ("grad_output", reads)), *given]
        text = GRADIENT_DESCRIPTION.format(name=name, reads=reads)
        self.input_gradient = public_function.define(
            self, "input_gradient", parameters, gradient_plan, text
        )
