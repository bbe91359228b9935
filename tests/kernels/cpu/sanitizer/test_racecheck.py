"""racecheck: unordered accesses to one element are named; ordered ones are not reported."""

import numpy as np
import pytest
from numba import cuda, float32, int32, uint8

from crosscheck.kernels.cpu import RaceError, jit
from crosscheck.kernels.cpu.cuda import api

racecheck = jit(sanitize="racecheck", same_value=True)


def barrier_after_loading(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]  # here
        if fixed:
            cuda.syncthreads()
        x[t] = tile[63 - t]  # here

    return kernel, (1, 64), (np.zeros(64, np.float32),)


def barrier_before_loading_again(fixed):
    @racecheck
    def kernel(x, y):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        total = float32(0)
        for step in range(2):
            tile[t] = x[step, t]  # here
            cuda.syncthreads()
            total += tile[63 - t]  # here
            if fixed:
                cuda.syncthreads()
        y[t] = total

    return kernel, (1, 64), (np.zeros((2, 64), np.float32), np.zeros(64, np.float32))


def barrier_between_steps_of_a_tree(fixed):
    @racecheck
    def kernel(x):
        tree = cuda.shared.array(128, float32)
        t = cuda.threadIdx.x
        tree[t] = x[t]
        cuda.syncthreads()
        step = 64
        while step:
            if t < step:
                tree[t] += tree[t + step]  # here
            if fixed:
                cuda.syncthreads()
            step //= 2
        if t == 0:
            x[0] = tree[0]

    return kernel, (1, 128), (np.zeros(128, np.float32),)


def histogram_without_atomics(fixed):
    @racecheck
    def kernel(classes, counts):
        i = cuda.grid(1)
        if fixed:
            cuda.atomic.add(counts, classes[i], 1)
        else:
            counts[classes[i]] += 1  # here

    return kernel, (2, 8), (np.arange(16) % 3, np.zeros(3, np.int64))


def every_block_writes_one_result(fixed):
    @racecheck
    def kernel(out):
        if cuda.threadIdx.x == 0 and (not fixed or cuda.blockIdx.x == 0):
            out[0] = 7  # here

    return kernel, (4, 32), (np.zeros(1),)


def stencil_in_place(fixed):
    @racecheck
    def kernel(x, y):
        i = cuda.grid(1)
        if i > 0:
            y[i] = x[i - 1]  # here

    x = np.zeros(64)
    return kernel, (4, 16), (x, np.zeros(64) if fixed else x)


def warp_is_not_in_step(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(32, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]  # here
        if fixed:
            cuda.syncwarp()
        x[t] = tile[t ^ 1]  # here

    return kernel, (1, 32), (np.zeros(32, np.float32),)


def syncwarp_of_half_a_warp(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(32, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]  # here
        if fixed:
            cuda.syncwarp(0xFFFFFFFF)
        elif t < 16:
            cuda.syncwarp(0x0000FFFF)
        else:
            cuda.syncwarp(0xFFFF0000)
        x[t] = tile[31 - t]  # here

    return kernel, (1, 32), (np.zeros(32, np.float32),)


def syncwarp_does_not_reach_another_warp(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        tile[t] = x[t]  # here
        if fixed:
            cuda.syncthreads()
        else:
            cuda.syncwarp()
        x[t] = tile[t ^ 32]  # here

    return kernel, (1, 64), (np.zeros(64, np.float32),)


def shuffle_orders_no_memory(fixed):
    @racecheck
    def kernel(x):
        tile = cuda.shared.array(32, int32)
        t = cuda.threadIdx.x
        tile[t] = t  # here
        lane = cuda.shfl_xor_sync(0xFFFFFFFF, t, 1)
        if fixed:
            cuda.syncwarp()
        x[t] = tile[lane]  # here

    return kernel, (1, 32), (np.zeros(32, np.int32),)


def last_block_without_a_fence(fixed):
    """NVIDIA's threadFenceReduction: the last block to take a ticket adds up the parts."""

    @racecheck
    def kernel(parts, tickets, out):
        is_last = cuda.shared.array(1, int32)
        if cuda.threadIdx.x == 0:
            parts[cuda.blockIdx.x] = 1  # here
            if fixed:
                cuda.threadfence()
            is_last[0] = cuda.atomic.add(tickets, 0, 1) == cuda.gridDim.x - 1
        cuda.syncthreads()
        if is_last[0]:
            cuda.atomic.add(out, 0, parts[cuda.threadIdx.x])  # here

    return kernel, (8, 8), (np.zeros(8), np.zeros(1, np.int32), np.zeros(1))


def fence_for_its_block_only(fixed):
    @racecheck
    def kernel(ready, x, y):
        if cuda.blockIdx.x == 0:
            x[0] = 1  # here
            if fixed:
                cuda.threadfence()
            else:
                cuda.threadfence_block()
            cuda.atomic.exch(ready, 0, 1)
        else:
            while cuda.atomic.add(ready, 0, 0) == 0:
                pass
            y[0] = x[0]  # here

    return kernel, (2, 1), (np.zeros(1, np.int32), np.zeros(1), np.zeros(1))


def fence_before_the_barrier(fixed):
    """The fence of one thread covers what others wrote only behind a barrier."""

    @racecheck
    def kernel(parts, tickets, out):
        is_last = cuda.shared.array(1, int32)
        t = cuda.threadIdx.x
        parts[cuda.blockIdx.x, t] = 1  # here
        if fixed:
            cuda.syncthreads()
        if t == 0:
            cuda.threadfence()
            is_last[0] = cuda.atomic.add(tickets, 0, 1) == cuda.gridDim.x - 1
        cuda.syncthreads()
        if is_last[0]:
            for block in range(cuda.gridDim.x):
                cuda.atomic.add(out, 0, parts[block, t])  # here

    return kernel, (4, 8), (np.zeros((4, 8)), np.zeros(1, np.int32), np.zeros(1))


def everybody_fences_and_nobody_waits(fixed):
    """The other way round: each thread has a fence of its own, then comes the barrier."""

    @racecheck
    def kernel(parts, tickets, out):
        is_last = cuda.shared.array(1, int32)
        t = cuda.threadIdx.x
        parts[cuda.blockIdx.x, t] = 1  # here
        cuda.threadfence()
        if fixed:
            cuda.syncthreads()
        if t == 0:
            is_last[0] = cuda.atomic.add(tickets, 0, 1) == cuda.gridDim.x - 1
        cuda.syncthreads()
        if is_last[0]:
            for block in range(cuda.gridDim.x):
                cuda.atomic.add(out, 0, parts[block, t])  # here

    return kernel, (4, 8), (np.zeros((4, 8)), np.zeros(1, np.int32), np.zeros(1))


def write_behind_its_fence(fixed):
    @racecheck
    def kernel(parts, tickets, out):
        b, t = cuda.blockIdx.x, cuda.threadIdx.x
        if fixed:
            parts[b, t] = 1
        cuda.threadfence()
        if not fixed:
            parts[b, t] = 1  # here
        cuda.syncthreads()
        if t == 0:
            cuda.atomic.add(tickets, 0, 1)
        cuda.syncthreads()
        if b == 1:
            out[t] = parts[0, t]  # here

    return kernel, (2, 8), (np.zeros((2, 8)), np.zeros(1, np.int32), np.zeros(8))


def fence_before_the_write(fixed):
    @racecheck
    def kernel(ready, x, y):
        if cuda.threadIdx.x == 0:
            if not fixed:
                cuda.threadfence_block()
            x[0] = 1  # here
            if fixed:
                cuda.threadfence_block()
            cuda.atomic.exch(ready, 0, 1)
        else:
            while cuda.atomic.add(ready, 0, 0) == 0:
                pass
            y[0] = x[0]  # here

    return kernel, (1, 2), (np.zeros(1, np.int32), np.zeros(1), np.zeros(1))


def flag_read_without_an_atomic(fixed):
    @racecheck
    def kernel(ready, x, y):
        if cuda.threadIdx.x == 0:
            x[0] = 1  # here
            cuda.threadfence_block()
            cuda.atomic.exch(ready, 0, 1)
        else:
            while fixed and cuda.atomic.add(ready, 0, 0) == 0:
                pass
            y[0] = x[0]  # here

    return kernel, (1, 2), (np.zeros(1, np.int32), np.zeros(1), np.zeros(1))


def shared_counter_tells_no_other_block(fixed):
    @racecheck
    def kernel(ready, x, y):
        own = cuda.shared.array(1, int32)
        if cuda.blockIdx.x == 0:
            x[0] = 1  # here
            own[0] = 0
            cuda.threadfence()
            cuda.atomic.add(ready if fixed else own, 0, 1)
        else:
            cuda.atomic.add(ready, 0, 1)
            y[0] = x[0]  # here

    return kernel, (2, 1), (np.zeros(1, np.int32), np.zeros(1), np.zeros(1))


def lock_without_a_fence(fixed):
    @racecheck
    def kernel(lock, total):
        if cuda.threadIdx.x == 0:
            while cuda.atomic.cas(lock, 0, 0, 1) != 0:
                cuda.nanosleep(100)
            total[0] += 1  # here
            if fixed:
                cuda.threadfence()
            cuda.atomic.exch(lock, 0, 0)

    return kernel, (4, 32), (np.zeros(1, np.int32), np.zeros(1))


def lock_let_go_by_a_plain_store(fixed):
    @racecheck
    def kernel(lock, total):
        if cuda.threadIdx.x % 32 == 0:
            while cuda.atomic.cas(lock, 0, 0, 1) != 0:  # here
                cuda.nanosleep(100)
            total[0] += 1
            cuda.threadfence()
            if fixed:
                cuda.atomic.exch(lock, 0, 0)
            else:
                lock[0] = 0  # here

    return kernel, (2, 64), (np.zeros(1, np.int32), np.zeros(1))


def counter_read_while_others_count(fixed):
    @racecheck
    def kernel(x, out):
        count = cuda.shared.array(1, int32)
        t = cuda.threadIdx.x
        if t == 0:
            count[0] = 0
        cuda.syncthreads()
        if x[t] > 0:
            cuda.atomic.add(count, 0, 1)  # here
        if fixed:
            cuda.syncthreads()
        out[t] = count[0]  # here

    return kernel, (1, 64), (np.ones(64), np.zeros(64))


def the_second_reader_is_overtaken(fixed):
    """Thread 0 reads first and writes last: it collides only with the read between."""

    @racecheck
    def kernel(x, y):
        t = cuda.threadIdx.x
        y[t] = x[0]  # here
        if fixed:
            cuda.syncthreads()
        else:
            cuda.nanosleep(1)
        if t == 0:
            x[0] = 1  # here

    return kernel, (1, 2), (np.zeros(1), np.zeros(2))


def the_second_to_count_is_overtaken(fixed):
    @racecheck
    def kernel(count, y):
        cuda.atomic.add(count, 0, 1)  # here
        if fixed:
            cuda.syncthreads()
        else:
            cuda.nanosleep(1)
        if cuda.threadIdx.x == 0:
            y[0] = count[0]  # here

    return kernel, (1, 2), (np.zeros(1), np.zeros(1))


def phases_without_a_barrier_of_the_grid(fixed):
    @racecheck
    def kernel(x, y):
        grid = cuda.cg.this_grid()
        i = cuda.grid(1)
        x[i] = i  # here
        if fixed:
            grid.sync()
        else:
            cuda.syncthreads()
        y[i] = x[x.size - 1 - i]  # here

    return kernel, (4, 32), (np.zeros(128), np.zeros(128))


def arrays_that_overlap(fixed):
    @racecheck
    def kernel(x, y):
        i = cuda.grid(1)
        y[i] = x[i]  # here

    x = np.zeros(65)
    return kernel, (1, 64), (x[1:].copy() if fixed else x[1:], x[:-1])


def rows_written_as_slices(fixed):
    @racecheck
    def kernel(x):
        row = cuda.threadIdx.x if fixed else 0
        x[row, :] = 1  # here

    return kernel, (1, 4), (np.zeros((4, 4)),)


def rows_read_as_slices(fixed):
    @racecheck
    def kernel(x, y):
        row = cuda.threadIdx.x
        y[row, :] = x[row, :]  # here

    x = np.zeros((5, 4))
    return kernel, (1, 4), (x[1:].copy() if fixed else x[1:], x[:-1])


def bytes_of_one_word(fixed):
    @racecheck
    def kernel(x):
        flags = cuda.shared.array(64, uint8)
        t = cuda.threadIdx.x
        flags[t if fixed else t // 2] = 1  # here
        cuda.syncthreads()
        x[t] = flags[t]

    return kernel, (1, 64), (np.zeros(64),)


def bytes_of_a_float(fixed):
    @racecheck
    def kernel(x, flags):
        t = cuda.threadIdx.x
        flags[t if fixed else t // 2] = x[0]  # here

    x = np.zeros(4)
    return kernel, (1, 16), (x, x.view(np.uint8)[8:])


def bytes_before_a_float(fixed):
    """The array that begins first has the smaller elements."""

    @racecheck
    def kernel(x, flags):
        t = cuda.threadIdx.x
        flags[t if fixed else t // 2] = x[0]  # here

    x = np.zeros(4)
    return kernel, (1, 8), (x[1:], x.view(np.uint8))


BODY = np.dtype([("place", np.float32), ("speed", np.float32)])


@jit(device=True)
def push(body, by):
    body.speed += by


def bodies_that_push_each_other(fixed):
    @racecheck
    def kernel(bodies):
        t = cuda.threadIdx.x
        bodies[t].place += bodies[t].speed
        push(bodies[t if fixed else t // 2], bodies[t].place)

    return kernel, (1, 8), (np.zeros(8, BODY),)


def records_moved_up(fixed):
    @racecheck
    def kernel(bodies):
        own = cuda.shared.array(9, BODY)
        t = cuda.threadIdx.x
        own[t] = bodies[t]  # here
        if fixed:
            cuda.syncthreads()
        bodies[t] = own[t ^ 1]  # here

    return kernel, (1, 8), (np.zeros(8, BODY),)


def sum_in_a_loop_over_the_array(fixed):
    @racecheck
    def kernel(x, y):
        t = cuda.threadIdx.x
        x[t] = t  # here
        if fixed:
            cuda.syncthreads()
        for value in x:  # here
            y[t] += value

    return kernel, (1, 4), (np.zeros(4), np.zeros(4))


def device_array_as_a_global(fixed):
    counts = api.to_device(np.zeros(4))

    @racecheck
    def kernel():
        counts[cuda.threadIdx.x if fixed else 0] = 1  # here

    return kernel, (1, 4), ()


PLANTS = [
    (barrier_after_loading, "tile[", "is written", "and read", "with no barrier between"),
    (barrier_before_loading_again, "tile[", "is read", "and written"),
    (barrier_between_steps_of_a_tree, "tree[", "thread (0, 0, 0) of block (0, 0, 0)"),
    (histogram_without_atomics, "is updated", "one update may be lost", "no barrier between"),
    (every_block_writes_one_result, "out[0]", "nothing orders these blocks", "(3 times)"),
    (stencil_in_place, "x[1] is written", "and read"),
    (warp_is_not_in_step, "tile[0]", "thread (0, 0, 0)", "thread (1, 0, 0)"),
    (syncwarp_of_half_a_warp, "tile["),
    (syncwarp_does_not_reach_another_warp, "tile["),
    (shuffle_orders_no_memory, "tile["),
    (last_block_without_a_fence, "parts[", "block (7, 0, 0)"),
    (fence_for_its_block_only, "x[0]", "nothing orders these blocks"),
    (fence_before_the_barrier, "parts["),
    (everybody_fences_and_nobody_waits, "parts["),
    (write_behind_its_fence, "parts[0, 0]", "nothing orders these blocks"),
    (fence_before_the_write, "x[0]", "with no barrier between"),
    (flag_read_without_an_atomic, "x[0]", "with no barrier between"),
    (shared_counter_tells_no_other_block, "x[0]", "nothing orders these blocks"),
    (lock_without_a_fence, "total[0]"),
    (lock_let_go_by_a_plain_store, "lock[0]", "updated atomically"),
    (counter_read_while_others_count, "count[0]", "updated atomically"),
    (the_second_reader_is_overtaken, "x[0] is read", "thread (1, 0, 0)", "and written"),
    (the_second_to_count_is_overtaken, "count[0] is updated", "thread (1, 0, 0)", "and read"),
    (phases_without_a_barrier_of_the_grid, "x["),
    (arrays_that_overlap, "y[1] is read", "(63 times)"),
    (rows_written_as_slices, "x[0]"),
    (rows_read_as_slices, "is read", "and written"),
    (bytes_of_one_word, "flags[0]"),
    (bytes_of_a_float, "flags[0]"),
    (bytes_before_a_float, "flags[0]"),
    (bodies_that_push_each_other, "body.speed is updated"),
    (records_moved_up, "own[1] is read", "own[...] is written"),
    (sum_in_a_loop_over_the_array, "x[1] is read", "and written"),
    (device_array_as_a_global, "counts[0] is written"),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant[0].__name__)
def test_a_planted_race_is_named_and_its_cure_is_silent(check, plant):
    check(plant[0], RaceError, *plant[1:])
