"""What the elementwise operators check, and the shape and memory order of what they return."""

from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array


def broadcast(op: str, input: Array, other: Array) -> tuple[int, ...]:
    """Return the shape two float32 or two float64 arrays broadcast to, by PyTorch's rules.

    Raises ValueError or TypeError.
    """
    arguments.any_rank(op, "input", input)
    arguments.any_rank(op, "other", other)
    arguments.alike(op, input=input, other=other)
    size = []
    for axis in range(-max(input.ndim, other.ndim), 0):
        a = input.shape[axis] if -axis <= input.ndim else 1
        b = other.shape[axis] if -axis <= other.ndim else 1
        if a != b and 1 not in (a, b):
            reject(op, "other.shape", other.shape, f"a shape that broadcasts with {input.shape}")
        size.append(b if a == 1 else a)
    return tuple(size)


def result(op: str, out: Array | None, size: tuple[int, ...], *inputs: Array) -> Array:
    """Return `out` checked, or a new array in the memory order of the first input of that shape."""
    if out is None:
        for each in inputs:
            if each.shape == size:
                return arrays.namespace(each).empty_like(each)
    return arguments.output(op, out, size, inputs[0].dtype, inputs[0])
