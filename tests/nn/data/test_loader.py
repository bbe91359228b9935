"""Data sets and their loader, beside torch's where the order does not hang on random numbers."""

import threading

import numpy as np
import pytest
import torch
import torch.utils.data

from crosscheck import nn
from crosscheck.nn.utils.data import DataLoader, Dataset, TensorDataset

X, K = np.arange(20.0).reshape(10, 2), np.arange(10)


def both(make):
    """Return what `make(library, data)` gives with ours and with torch's, as arrays."""
    libraries = ((nn, nn.data), (torch, torch.utils.data))
    return [
        [[np.asarray(part) for part in batch] for batch in make(library, data)]
        for library, data in libraries
    ]


def tensors(library, data):
    return data.TensorDataset(library.from_numpy(X), library.from_numpy(K))


@pytest.mark.parametrize("workers", [0, 3])
@pytest.mark.parametrize("options", [{}, {"batch_size": 4}, {"batch_size": 4, "drop_last": True}])
def test_batches_in_order_are_torchs(workers, options):
    def make(library, data):
        threads = {"num_workers": workers} if library is nn else {}
        loader = data.DataLoader(tensors(library, data), **options, **threads)
        batches = list(loader)
        assert len(batches) == len(loader)
        return batches

    ours, theirs = both(make)
    assert len(ours) == len(theirs)
    for batch, expected in zip(ours, theirs, strict=True):
        for one, other in zip(batch, expected, strict=True):
            np.testing.assert_array_equal(one, other, strict=True)


def test_samples_of_every_kind_become_torchs_batches():
    samples = [
        (np.float32(1.5) * np.ones(3, np.float32), 2, 0.5, "cat", {"box": np.arange(4)}),
        (np.zeros(3, np.float32), 3, 1.5, "dog", {"box": np.ones(4, int)}),
    ]
    (ours,), (theirs,) = (
        list(data.DataLoader(samples, batch_size=2)) for data in (nn.data, torch.utils.data)
    )
    for one, other in zip(ours[:3], theirs[:3], strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other), strict=True)
    assert ours[3] == list(theirs[3]) and ours[4].keys() == theirs[4].keys()
    assert isinstance(ours[0], nn.Tensor)


def test_a_new_order_each_pass_that_the_seed_determines():
    def passes():
        nn.manual_seed(3)
        loader = DataLoader(TensorDataset(nn.tensor(K)), batch_size=3, shuffle=True)
        return [[int(k) for (batch,) in loader for k in batch] for _ in range(2)]

    first, second = passes()
    assert sorted(first) == sorted(second) == list(K) and first != second
    assert passes() == [first, second]


class Gate(Dataset):
    """Samples that two threads have to fetch at the same time."""

    def __init__(self):
        self.both = threading.Barrier(2, timeout=20)

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.both.wait()
        return index


def test_two_workers_fetch_at_the_same_time():
    assert [int(each) for each in DataLoader(Gate(), num_workers=2)] == [0, 1, 2, 3]


class Broken(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        if index == 5:
            raise OSError("no such picture")
        return index


@pytest.mark.parametrize("workers", [0, 2])
def test_what_a_sample_raises_its_batch_raises(workers):
    batches = iter(DataLoader(Broken(), batch_size=2, num_workers=workers))
    assert next(batches).tolist() == [0, 1] and next(batches).tolist() == [2, 3]
    with pytest.raises(OSError, match="no such picture"):
        next(batches)


def test_leaving_early_leaves_no_thread_behind():
    before = threading.active_count()
    for _ in DataLoader(Broken(), num_workers=2):
        break
    assert threading.active_count() == before


def test_parts_and_sums_of_data_sets():
    whole = TensorDataset(nn.tensor(K)) + TensorDataset(nn.tensor(K + 10))
    assert len(whole) == 20 and whole[13][0].item() == 13 and whole[-1][0].item() == 19
    parts = nn.data.random_split(whole, [15, 5])
    found = [part[i][0].item() for part in parts for i in range(len(part))]
    assert sorted(found) == list(range(20)) and found != list(range(20))
    assert nn.data.Subset(whole, [4, 2])[1][0].item() == 2


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: DataLoader([1], batch_size=0),
            ValueError,
            "DataLoader: batch_size is 0; expected",
        ),
        (lambda: DataLoader([1], num_workers=-1), ValueError, "DataLoader: num_workers is -1;"),
        (
            lambda: DataLoader([1], shuffle=True, sampler=[0]),
            ValueError,
            "DataLoader: shuffle is T",
        ),
        (lambda: list(DataLoader([object()])), TypeError, "type of a sample is 'object'; expected"),
        (lambda: nn.data.random_split([1, 2], [1]), ValueError, r"lengths is \[1\]; expected"),
        (
            lambda: TensorDataset(nn.tensor(K), nn.tensor(X[:3])),
            ValueError,
            r"TensorDataset: tensors\[1\].shape is \(3, 2\); expected 10 samples",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
