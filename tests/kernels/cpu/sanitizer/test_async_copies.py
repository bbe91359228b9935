"""racecheck: an asynchronous copy has landed at its thread's wait, and not before."""

import numpy as np
import pytest
from numba import cuda, float32

from crosscheck.kernels.cpu import RaceError, jit
from crosscheck.kernels.cpu.language.memory.async_copies import (
    copies_awaited,
    copies_committed,
    copy_reads,
    copy_started,
)

racecheck = jit(sanitize="racecheck", same_value=True)


def wait_before_own_read(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array((16, 4), float32)
        t = cuda.threadIdx.x
        tile[t // 4, t % 4] = x[t]
        copy_started(tile, (t // 4, t % 4))  # here
        copies_committed()
        if fixed:
            copies_awaited(0)
        x[t] = 2 * tile[t // 4, t % 4]  # here

    return kernel, (1, 64), (np.ones(64, np.float32),)


def wait_before_barrier(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array((16, 4), float32)
        t = cuda.threadIdx.x
        tile[t // 4, t % 4] = x[t]
        copy_started(tile, (t // 4, t % 4))  # here
        copies_committed()
        if fixed:
            copies_awaited(0)
        cuda.syncthreads()
        total = tile[(t + 1) % 64 // 4, (t + 1) % 4]  # here
        copies_awaited(0)
        cuda.syncthreads()
        x[t] = total

    return kernel, (1, 64), (np.ones(64, np.float32),)


def wait_for_the_first_of_two_groups(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array((2, 64), float32)
        t = cuda.threadIdx.x
        for group in range(2):
            tile[group, t] = x[t]
            copy_started(tile, (group, t))  # here
            copies_committed()
        copies_awaited(1)
        cuda.syncthreads()
        first = tile[0, 63 - t]
        if fixed:
            copies_awaited(0)
            cuda.syncthreads()
        x[t] = first + tile[1, 63 - t]  # here

    return kernel, (1, 64), (np.ones(64, np.float32),)


def commit_before_wait(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        copy_started(tile, t)  # here
        if fixed:
            copies_committed()
        copies_awaited(0)
        x[t] = 2 * tile[t]  # here

    return kernel, (1, 64), (np.ones(64, np.float32),)


def write_to_what_is_copied(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        copy_started(tile, t)  # here
        copies_committed()
        if fixed:
            copies_awaited(0)
        tile[t] = float32(0)  # here
        x[t] = tile[t]

    return kernel, (1, 64), (np.ones(64, np.float32),)


def write_to_what_is_copied_from(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        copy_reads(x, t)  # here
        copy_started(tile, t)
        copies_committed()
        if fixed:
            copies_awaited(0)
        x[t] = float32(0)  # here

    return kernel, (1, 64), (np.ones(64, np.float32),)


def another_s_write_to_it_behind_a_barrier(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        copy_reads(x, t)  # here
        copy_started(tile, t)
        copies_committed()
        if fixed:
            copies_awaited(0)
        cuda.syncthreads()
        x[63 - t] = float32(0)  # here

    return kernel, (1, 64), (np.ones(64, np.float32),)


@pytest.mark.parametrize(
    "plant, thread",
    [
        (write_to_what_is_copied_from, "thread (0, 0, 0)"),
        (another_s_write_to_it_behind_a_barrier, "thread (63, 0, 0)"),
    ],
)
def test_a_copy_reads_until_it_lands(check, plant, thread):
    landed = f"before the copy from it has landed that {thread} of block (0, 0, 0) started at"
    check(plant, RaceError, "is written", landed, MISSING)


def test_what_is_copied_from_may_be_read_and_copied_again():
    @racecheck
    def kernel(x, y):
        tile = cuda.shared.array((2, 64), float32)
        t = cuda.threadIdx.x
        for group in range(2):
            at = (t + group) % 64
            tile[group, t] = x[at]
            copy_reads(x, at)
            copy_started(tile, (group, t))
            copies_committed()
        y[t] = x[63 - t]
        copies_awaited(0)
        y[t] += tile[0, t] + tile[1, t]

    kernel[1, 64](np.ones(64, np.float32), np.zeros(64, np.float32))


LANDED = "before the copy has landed that thread (0, 0, 0) of block (0, 0, 0) started at"
MISSING = "a wait for it (cp.async) is missing (64 times)"


@pytest.mark.parametrize(
    "plant, access",
    [
        (wait_before_own_read, "tile[0, 0] is read"),
        (wait_for_the_first_of_two_groups, "tile[1, 63] is read"),
        (commit_before_wait, "tile[0] is read"),
        (write_to_what_is_copied, "tile[0] is written"),
    ],
)
def test_who_touches_it_before_is_told_so(check, plant, access):
    landed = LANDED.replace("(0, 0, 0) of", "(63, 0, 0) of") if "63]" in access else LANDED
    check(plant, RaceError, access, landed, MISSING)


def test_another_s_read_behind_a_barrier_is_too_early_without_the_wait(check):
    started = LANDED.replace("(0, 0, 0) of", "(1, 0, 0) of")
    check(wait_before_barrier, RaceError, "tile[0, 1] is read", started, "(63 times)")


def test_the_barrier_belongs_behind_the_wait():
    """The thread has waited by then, and the other read before that or after: nothing orders it."""

    @racecheck
    def early_barrier(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        copy_started(tile, t)
        copies_committed()
        cuda.syncthreads()
        if t < 32:
            copies_awaited(0)
        cuda.syncwarp()
        x[t] = tile[(t + 32) % 64] if t >= 32 else float32(0)

    with pytest.raises(RaceError, match=r"is written.* and read.*, with no barrier between"):
        early_barrier[1, 64](np.ones(64, np.float32))


def test_a_ring_of_three_tiles_is_right_with_one_group_in_flight():
    @racecheck
    def pipeline(x, y):
        tile = cuda.shared.array((3, 64), float32)
        t = cuda.threadIdx.x
        for step in range(2):
            tile[step, t] = x[step, t]
            copy_started(tile, (step, t))
            copies_committed()
        total = float32(0)
        for step in range(20):
            copies_awaited(1)
            cuda.syncthreads()
            if step + 2 < 20:
                tile[(step + 2) % 3, t] = x[step + 2, t]
                copy_started(tile, ((step + 2) % 3, t))
            copies_committed()
            total += tile[step % 3, 63 - t]
        y[t] = total

    x = np.arange(20 * 64, dtype=np.float32).reshape(20, 64)
    y = np.zeros(64, np.float32)
    pipeline[1, 64](x, y)
    np.testing.assert_array_equal(y, x.sum(0)[::-1])


def test_what_a_block_left_in_flight_is_forgotten_by_the_next():
    @racecheck
    def abandoned(x, y):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        if cuda.blockIdx.x % 2 == 0:
            copy_started(tile, t)
            copies_committed()
        else:
            cuda.syncthreads()
            y[cuda.blockIdx.x, t] = tile[63 - t]

    abandoned[8, 64](np.ones(64, np.float32), np.zeros((8, 64), np.float32))


def test_more_copies_than_are_kept_are_no_false_alarm():
    @racecheck
    def many(x):
        tile = cuda.shared.array(1024, float32)
        for i in range(1024):
            tile[i] = x[i]
            copy_started(tile, i)
        copies_committed()
        copies_awaited(0)
        for i in range(1024):
            x[i] = 2 * tile[i]

    x = np.ones(1024, np.float32)
    many[1, 1](x)
    assert (x == 2).all()


def test_other_tools_do_not_mind():
    kernel, configuration, (x,) = wait_before_own_read(fixed=False)
    jit(kernel.py_func, sanitize="initcheck")[configuration](x)
    jit(kernel.py_func)[configuration](x)
    assert (x == 4).all()
