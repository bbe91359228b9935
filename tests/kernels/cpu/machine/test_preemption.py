"""With a seed a thread may leave its core between a load and a store, and at no other place."""

import numpy as np
import pytest
from numba import cuda, float32, int32

from crosscheck.kernels.cpu import BarrierError, jit, modes

SEEDS = range(1, 9)
PAIR = np.dtype([("count", np.int32), ("other", np.int32)])


@jit
def count(c):
    c[0] += 1


@jit
def count_in_shared_memory(c):
    own = cuda.shared.array(1, int32)
    if cuda.threadIdx.x == 0:
        own[0] = 0
    cuda.syncthreads()
    own[0] += 1
    cuda.syncthreads()
    if cuda.threadIdx.x == 0:
        c[cuda.blockIdx.x] = own[0]


@jit(device=True)
def add_one(c):
    c[0] += 1


@jit
def count_in_a_device_function(c):
    add_one(c)


@jit
def count_in_a_field(records):
    record = records[0]
    record.count += 1


def counted(kernel, seed, dtype=np.int32):
    c = np.zeros(64, dtype)
    with modes.using(seed=seed):
        kernel[64, 64](c)
    return int(c["count"].sum() if dtype is PAIR else c.sum())


@pytest.mark.parametrize(
    "kernel, dtype",
    [
        (count, np.int32),
        (count_in_shared_memory, np.int32),
        (count_in_a_device_function, np.int32),
        (count_in_a_field, PAIR),
    ],
    ids=lambda item: getattr(item, "__name__", None),
)
def test_a_lost_update_shows_and_the_seed_repeats_it(kernel, dtype):
    assert counted(kernel, None, dtype) == 4096
    first = [counted(kernel, seed, dtype) for seed in SEEDS]
    assert max(first) < 4096 and len(set(first)) > 1
    assert [counted(kernel, seed, dtype) for seed in SEEDS] == first


@jit
def count_with_an_atomic(c):
    cuda.atomic.add(c, 0, 1)


@jit
def count_under_a_lock(c):
    lock = c[1:]
    if cuda.threadIdx.x % 32 == 0:
        while cuda.atomic.cas(lock, 0, 0, 1) != 0:
            pass
        c[0] += 1
        cuda.threadfence()
        cuda.atomic.exch(lock, 0, 0)


@jit
def sum_of_a_block(c):
    """A tree in shared memory, then shuffles in the last warp."""
    tree = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    tree[t] = 1
    cuda.syncthreads()
    if t < 32:
        total = tree[t] + tree[t + 32]
        for step in (16, 8, 4, 2, 1):
            total += cuda.shfl_down_sync(0xFFFFFFFF, total, step)
            tree[t] = total
        if t == 0:
            c[cuda.blockIdx.x] = total


@jit
def exchange_between_lanes(c):
    tile = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    tile[t] = t
    cuda.syncwarp()
    other = tile[t ^ 1]
    cuda.syncwarp()
    tile[t] = other
    votes = cuda.syncthreads_count(int32(tile[t] == t ^ 1))
    if t == 0:
        c[cuda.blockIdx.x] = votes


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "kernel, expected",
    [
        (count_with_an_atomic, 4096),
        (count_under_a_lock, 128),
        (sum_of_a_block, 4096),
        (exchange_between_lanes, 4096),
    ],
    ids=lambda item: getattr(item, "__name__", None),
)
def test_what_is_ordered_stays_right(kernel, expected, seed):
    assert counted(kernel, seed) == expected


@jit
def long_and_alone(x):
    for i in range(50_000_000):
        x[i & 1023] += 1


def test_preemptions_grow_rare_in_a_long_block():
    """Else a thread that has the block to itself would look as if it polled."""
    x = np.zeros(1024, np.int64)
    with modes.using(seed=1):
        long_and_alone[1, 1](x)
    assert x.sum() == 50_000_000


@jit(seed=3)
def waits_in_vain(x):
    t = cuda.threadIdx.x
    x[t] = 1
    if t == 0:
        cuda.syncwarp()
    else:
        cuda.shfl_sync(0xFFFFFFFF, t, 0)


def test_a_deadlock_is_still_an_error():
    with pytest.raises(BarrierError, match="threads wait for others that never come"):
        waits_in_vain[1, 32](np.zeros(32))


def test_only_a_kernel_for_a_seed_has_preemptions(optimised):
    assert "machine.preempt" not in optimised(count.py_func, 1)
    with modes.using(seed=1):
        assert "machine.preempt" in optimised(count.py_func, 1)
