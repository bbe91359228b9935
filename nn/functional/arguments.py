"""What the operators' arguments have in common."""

from collections.abc import Sequence

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.nn.tensor import Tensor

Size = int | Sequence[int]


def array_of(op: str, name: str, tensor: Tensor) -> Array:
    """Return the tensor's array. Raises TypeError for anything but a tensor."""
    if not isinstance(tensor, Tensor):
        reject(op, name, type(tensor).__name__, "an nn.Tensor", TypeError)
    return tensor.array
