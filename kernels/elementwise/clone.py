"""A copy from any strides to any others: y = input.

What `cat`, `stack`, `contiguous` and the gradient of a slice launch, `out` being a part of an
array. It is `add`'s product with a factor, of 1, which is exact: one kernel for both, as neither
does more than move memory. Threads, layout, constraints: see add.py.
"""

from collections.abc import Iterator

import numpy as np

from crosscheck.kernels import vectorized
from crosscheck.kernels.arrays import Array, device
from crosscheck.kernels.dtypes import is_floating, real_of
from crosscheck.kernels.elementwise.add import scale, scale_rows
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size

# dy/dinput = 1: the gradient is a copy, too.
ALGORITHMS = {
    "forward": vectorized.table(scale_rows, scale),
    "input_gradient": vectorized.table(scale_rows, scale),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((64, 64), dtype)}, {}


CLONE = Operator("clone", ALGORITHMS, _examples)


def _forward(op: str, input: Size) -> Plan:
    return Plan(1.0, [Output(input, like="input")])


@CLONE.direction(_forward)
def forward(input: Array, *, algorithm: str | None = None, out: Array | None = None) -> Array:
    """Return a copy of a floating array of any shape and strides, in its memory order.

    `out`, when given, is written through its strides; it may not overlap the input. Raises
    ValueError or TypeError before anything is launched.
    """
    return CLONE.run("forward", algorithm, out, input)


def _input_gradient(op: str, grad_output: Size) -> Plan:
    return Plan(1.0, [Output(grad_output, like="grad_output")])


@CLONE.direction(_input_gradient)
def input_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the input: a copy of `grad_output`."""
    return CLONE.run("input_gradient", algorithm, out, grad_output)


def copy(source: Array, target: Array) -> None:
    """Write an array to one of the same shape, any strides and any dtype.

    Kernels do it for floating dtypes that one launch may have: one dtype, or float32 and one of 16
    bits, which is rounded where it is written. The others are the array library's.
    """
    dtypes = source.dtype, target.dtype
    if not all(map(is_floating, dtypes)) or real_of(each.type for each in dtypes) is None:
        target[...] = source
    elif source.dtype == target.dtype:
        forward(source, out=target)
    elif source.size:
        on_gpu = device(source) == "cuda"  # as in ALGORITHMS
        if not on_gpu or not scale_rows(1.0, source, target):
            scale(1.0, source, target)
