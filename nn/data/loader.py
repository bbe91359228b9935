"""DataLoader: batches of a data set, in order or shuffled, made ahead by threads.

PyTorch's workers are processes. Threads are enough here: NumPy, pictures and files release
Python's lock while they work, and nothing has to be copied between processes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn import random
from crosscheck.nn.data.collate import default_collate
from crosscheck.nn.data.dataset import Dataset


class DataLoader:
    """`torch.utils.data.DataLoader`: iterating gives one batch after the other, as tensors.

    dataset          what has a length and a sample for each number below it
    batch_size       samples of a batch
    shuffle          whether each pass takes a new random order: see `nn.manual_seed`
    sampler          numbers of samples in their order, in place of shuffle
    num_workers      threads that make batches ahead; 0 makes each when it is asked for
    collate_fn       list of samples -> batch
    drop_last        whether a last batch that is not full is left out
    prefetch_factor  batches that each thread may be ahead

    `pin_memory` and `persistent_workers` are accepted and change nothing. Raises ValueError or
    TypeError; what a sample raises, the batch with it raises.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        sampler: Iterable[int] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        prefetch_factor: int = 2,
        persistent_workers: bool = False,
    ):
        op = "DataLoader"
        self.dataset, self.batch_size = dataset, integer(op, "batch_size", batch_size, 1)
        self.num_workers = integer(op, "num_workers", num_workers, 0)
        self.prefetch_factor = integer(op, "prefetch_factor", prefetch_factor, 1)
        if shuffle and sampler is not None:
            reject(op, "shuffle", shuffle, "False where a sampler is given")
        self.shuffle, self.sampler, self.drop_last = shuffle, sampler, drop_last
        self.collate_fn = default_collate if collate_fn is None else collate_fn

    def __len__(self) -> int:
        """Return the number of batches of a pass."""
        samples = len(self.dataset if self.sampler is None else self.sampler)
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        batches = self._batches()  # the order is drawn now, in the caller's thread
        return self._ahead(batches) if self.num_workers else map(self._batch, batches)

    def _batches(self) -> Iterator[Sequence[int]]:
        if self.sampler is not None:
            order = list(self.sampler)
        elif self.shuffle:
            order = random.generator().permutation(len(self.dataset)).tolist()
        else:
            order = range(len(self.dataset))
        starts = range(0, len(order), self.batch_size)
        batches = [order[start : start + self.batch_size] for start in starts]
        if self.drop_last and batches and len(batches[-1]) < self.batch_size:
            del batches[-1]
        return iter(batches)

    def _batch(self, numbers: Sequence[int]) -> Any:
        return self.collate_fn([self.dataset[number] for number in numbers])

    def _ahead(self, batches: Iterator[Sequence[int]]) -> Iterator[Any]:
        """Yield the batches in order, while threads make the next ones."""
        with ThreadPoolExecutor(self.num_workers, "DataLoader") as threads:
            waiting: deque = deque()
            try:
                for numbers in batches:
                    waiting.append(threads.submit(self._batch, numbers))
                    if len(waiting) > self.num_workers * self.prefetch_factor:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:  # the pass was left early, or a sample raised
                for each in waiting:
                    each.cancel()
