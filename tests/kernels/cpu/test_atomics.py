"""cuda.atomic: every operation, across blocks on several cores, with its old value returned."""

import numpy as np
import pytest
from numba import cuda

from kernels.cpu import jit


@jit
def add_all(x, total):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(total, 0, x[i])


@pytest.mark.parametrize(
    "dtype", [np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64]
)
def test_add_loses_nothing_across_cores(dtype):
    x = np.ones(200_000, dtype)
    total = np.zeros(1, dtype)
    add_all[-(-x.size // 256), 256](x, total)
    assert total[0] == x.size


@jit
def extrema(x, largest, smallest):
    i = cuda.grid(1)
    cuda.atomic.max(largest, (1, 2), x[i])
    cuda.atomic.min(smallest, (0, 1), x[i])


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.float32, np.float64])
def test_max_and_min(dtype):
    x = np.random.default_rng(0).permutation(8192).astype(dtype)
    if np.dtype(dtype).kind != "u":
        x -= 4096
    largest, smallest = np.full((2, 3), x[0]), np.full((2, 3), x[0])
    extrema[32, 256](x, largest, smallest)
    assert largest[1, 2] == x.max() and smallest[0, 1] == x.min()
    assert (np.delete(largest.ravel(), 5) == x[0]).all()


def test_unsigned_max_does_not_compare_as_signed():
    x = np.array([1, 2**32 - 1], np.uint32)
    largest, smallest = np.full((2, 3), x[0]), np.full((2, 3), x[0])
    extrema[1, 2](x, largest, smallest)
    assert largest[1, 2] == 2**32 - 1


@pytest.mark.parametrize("memory, value", [(np.nan, 3.0), (3.0, np.nan)])
def test_nan_keeps_what_is_in_memory_as_in_numba_cuda(memory, value):
    largest, smallest = np.full((2, 3), memory), np.full((2, 3), memory)
    extrema[1, 1](np.array([value]), largest, smallest)
    np.testing.assert_equal([largest[1, 2], smallest[0, 1]], [memory, memory])


@jit
def tickets(counter, order):
    ticket = cuda.atomic.add(counter, 0, 1)
    order[ticket] = cuda.grid(1)


def test_add_returns_the_old_value():
    counter, order = np.zeros(1, np.int32), np.full(4096, -1)
    tickets[16, 256](counter, order)
    assert counter[0] == 4096
    assert (np.sort(order) == np.arange(4096)).all()


@jit
def first_wins(owner, seen):
    i = cuda.grid(1)
    seen[i] = cuda.atomic.cas(owner, 0, 0, i + 1)


def test_cas_lets_one_thread_win():
    owner, seen = np.zeros(1, np.int64), np.full(4096, -1)
    first_wins[16, 256](owner, seen)
    winner = owner[0] - 1
    assert seen[winner] == 0
    assert (np.delete(seen, winner) == owner[0]).all()


def test_cas_takes_integers_only_as_in_numba_cuda():
    with pytest.raises(Exception, match="expected an array of integer"):
        first_wins[1, 1](np.zeros(1), np.zeros(1))


def test_narrow_integers_are_refused_as_no_gpu_has_them():
    with pytest.raises(Exception, match="of 32 or 64 bits"):
        add_all[1, 1](np.zeros(1, np.int16), np.zeros(1, np.int16))
