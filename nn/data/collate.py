"""A batch from samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.nn.joining import stack
from crosscheck.nn.tensor import Tensor, tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Return the samples of a batch as one: tensors, arrays and numbers become a tensor with a new
    first dimension; tuples, lists and dictionaries of them are kept; words stay a list.

    Python's floats become float64, as PyTorch makes them here. Raises TypeError for another type.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, (np.ndarray, np.generic)):
        return tensor(np.stack(batch))
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(np.array(batch))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        return {key: default_collate([each[key] for each in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(each) for each in zip(*batch, strict=True)))
    if isinstance(first, Sequence):
        return [default_collate(each) for each in zip(*batch, strict=True)]
    expected = "tensors, arrays, numbers, words, or tuples, lists and dictionaries of them"
    reject("DataLoader", "type of a sample", type(first).__name__, expected, TypeError)
