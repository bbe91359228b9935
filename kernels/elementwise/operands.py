"""What the elementwise operators ask of their operands, and what they return."""

from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.operator import Example
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction.to_size import expandable


def broadcast(op: str, input: Size, other: Size, name: str = "other") -> tuple[int, ...]:
    """Return the size two sizes broadcast to, by PyTorch's rules. `name` is that of the second.

    Raises ValueError.
    """
    size = []
    for axis in range(-max(len(input), len(other)), 0):
        a = input[axis] if -axis <= len(input) else 1
        b = other[axis] if -axis <= len(other) else 1
        if a != b and 1 not in (a, b):
            expected = f"a shape that broadcasts with {tuple(input)}"
            reject(op, f"{name}.shape", tuple(other), expected)
        size.append(b if a == 1 else a)
    return tuple(size)


def output(size: Size, **operands: Size) -> Output:
    """Return an output in the memory order of the first operand of its size, if there is one."""
    like = next((name for name, operand in operands.items() if tuple(operand) == size), "")
    return Output(size, like=like, mixed=not size)


def numbers(**sizes: Size) -> tuple[str, ...]:
    """Return the names of operands without dimensions where others have some: beside arrays of 16
    bits they may be float32, as a number is, and do not decide the output's dtype.
    """
    found = tuple(name for name, size in sizes.items() if not tuple(size))
    return found if len(found) < len(sizes) else ()


def forward(op: str, input: Size, other: Size) -> Plan:
    """Return the plan of an operator on two operands: what it computes with is the output's size.

    Raises ValueError unless they broadcast.
    """
    size, mixed = broadcast(op, input, other), numbers(input=input, other=other)
    return Plan(size, [output(size, input=input, other=other)], mixed=mixed)


def gradient(op: str, name: str, grad_output: Size, other: Size, size: Size) -> Plan:
    """Return the plan of a gradient of this size, the argument `name`; it is what is computed with.

    Raises ValueError unless `other`, which the gradient reads, and `size` broadcast to grad_output.
    """
    if broadcast(op, grad_output, other) != tuple(grad_output):
        reject(op, "grad_output.shape", tuple(grad_output), f"a shape {other} broadcasts to")
    size = expandable(op, name, size, grad_output)
    mixed = ("input", "other") if numbers(grad_output=grad_output, other=other) else ()
    return Plan(size, [output(size, grad_output=grad_output)], mixed=mixed)


def examples(dtype: type, other: str = "other") -> Iterator[Example]:
    x = np.zeros((64, 64), dtype)
    yield {"input": x, other: x}, {}
