"""What the elementwise operators ask of their operands, and what they return."""

from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.operator import Example
from crosscheck.kernels.plan import Output, Size


def broadcast(op: str, input: Size, other: Size) -> tuple[int, ...]:
    """Return the size two sizes broadcast to, by PyTorch's rules. Raises ValueError."""
    size = []
    for axis in range(-max(len(input), len(other)), 0):
        a = input[axis] if -axis <= len(input) else 1
        b = other[axis] if -axis <= len(other) else 1
        if a != b and 1 not in (a, b):
            reject(op, "other.shape", other, f"a shape that broadcasts with {input}")
        size.append(b if a == 1 else a)
    return tuple(size)


def output(size: Size, **operands: Size) -> Output:
    """Return an output in the memory order of the first operand of its size, if there is one."""
    like = next((name for name, operand in operands.items() if tuple(operand) == size), "")
    return Output(size, like=like)


def examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((64, 64), dtype)
    yield {"input": x, "other": x}, {}
