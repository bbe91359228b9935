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
    count = integer("one_hot", "num_classes", num_classes)
    if x.size == 0 and count == -1:
        reject("one_hot", "num_classes", count, "a number, as there is no class")
    if x.size and x.min() < 0:
        reject("one_hot", "tensor.min()", int(x.min()), "at least 0")
    if x.size and count != -1 and x.max() >= count:
        reject("one_hot", "tensor.max()", int(x.max()), f"a class below num_classes={count}")
    count = int(x.max()) + 1 if count == -1 else count
    return Tensor((x[..., None] == namespace(x).arange(count)).astype(np.int64))
