"""Data sets and the loader that makes batches of them, with the names of `torch.utils.data`."""

from crosscheck.nn.data.collate import default_collate
from crosscheck.nn.data.dataset import ConcatDataset, Dataset, Subset, TensorDataset, random_split
from crosscheck.nn.data.loader import DataLoader

__all__ = [
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "Subset",
    "TensorDataset",
    "default_collate",
    "random_split",
]
