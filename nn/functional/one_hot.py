"""Classes as vectors."""

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import namespace
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the place of each class in a new last dimension, else 0: int64.

    The number of classes is one more than the largest unless it is given. Raises ValueError.
    """
    x = array_of("one_hot", "tensor", tensor)
    if x.dtype.kind not in "iu":
        reject("one_hot", "tensor.dtype", x.dtype.name, "int64", TypeError)
    if x.size and (x.min() < 0 or (num_classes != -1 and x.max() >= num_classes)):
        expected = f"classes from 0 to {num_classes - 1}" if num_classes != -1 else "at least 0"
        reject("one_hot", "tensor", f"{x.min()} to {x.max()}", expected)
    if x.size == 0 and num_classes == -1:
        reject("one_hot", "num_classes", num_classes, "a number, as there is no class")
    classes = integer("one_hot", "num_classes", num_classes)
    count = int(x.max()) + 1 if classes == -1 else classes
    return Tensor((x[..., None] == namespace(x).arange(count)).astype(np.int64))
