"""Data sets: what has a length, and a sample for each number below it."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.nn import random
from crosscheck.nn.tensor import Tensor


class Dataset:
    """`torch.utils.data.Dataset`: a subclass defines `__len__` and `__getitem__`."""

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} defines no __getitem__")

    def __add__(self, other: "Dataset") -> "ConcatDataset":
        return ConcatDataset([self, other])


class TensorDataset(Dataset):
    """Samples along the first dimension of tensors, which all have as many. Raises ValueError."""

    def __init__(self, *tensors: Tensor):
        if not tensors:
            reject("TensorDataset", "tensors", tensors, "at least one tensor")
        for number, each in enumerate(tensors):
            if each.shape[:1] != tensors[0].shape[:1]:
                expected = f"{tensors[0].shape[0]} samples, as the first"
                reject("TensorDataset", f"tensors[{number}].shape", tuple(each.shape), expected)
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(each[index] for each in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """The samples of a data set with these numbers."""

    def __init__(self, dataset: Dataset, indices: Sequence[int]):
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: int) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """The samples of several data sets, one after the other."""

    def __init__(self, datasets: Sequence[Dataset]):
        self.datasets = list(datasets)
        self.cumulative_sizes = list(accumulate(len(each) for each in self.datasets))

    def __getitem__(self, index: int) -> Any:
        index += len(self) * (index < 0)
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


def random_split(dataset: Dataset, lengths: Sequence[int]) -> list[Subset]:
    """Return subsets of these lengths, which add up to the data set's. Raises ValueError."""
    if sum(lengths) != len(dataset):
        reject("random_split", "lengths", lengths, f"numbers that add up to {len(dataset)}")
    order = random.generator().permutation(len(dataset)).tolist()
    ends = list(accumulate(lengths))
    parts = zip(ends, lengths, strict=True)
    return [Subset(dataset, order[end - length : end]) for end, length in parts]
