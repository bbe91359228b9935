"""initcheck: a read of unwritten memory is named; written memory may be read."""

import gc

import numpy as np
import pytest
from numba import cuda, float32, float64, int32

from crosscheck.kernels.cpu import InitError, jit, modes
from crosscheck.kernels.cpu.cuda import api
from crosscheck.kernels.cpu.sanitizer import unwritten

initcheck = jit(sanitize="initcheck")


def tile_without_its_halo(fixed):
    @initcheck
    def kernel(x, y):
        tile = cuda.shared.array(34, float32)
        t = cuda.threadIdx.x
        tile[t + 1] = x[t]
        if fixed and t < 2:
            tile[33 * t] = 0
        cuda.syncthreads()
        y[t] = tile[t] + tile[t + 1] + tile[t + 2]  # here

    return kernel, (1, 32), (np.zeros(32, np.float32), np.zeros(32))


def tile_of_the_last_block(fixed):
    @initcheck
    def kernel(x, y):
        tile = cuda.shared.array(16, float32)
        i, t = cuda.grid(1), cuda.threadIdx.x
        if i < x.size:
            tile[t] = x[i]
        elif fixed:
            tile[t] = 0
        cuda.syncthreads()
        if t == 0:
            total = float32(0)
            for k in range(16):
                total += tile[k]  # here
            y[cuda.blockIdx.x] = total

    return kernel, (2, 16), (np.zeros(24, np.float32), np.zeros(2))


def accumulators_not_zeroed(fixed):
    @initcheck
    def kernel(x, y):
        sums = cuda.local.array(4, float32)
        if fixed:
            for k in range(4):
                sums[k] = 0
        for k in range(4):
            sums[k] += x[k]  # here
            y[cuda.grid(1), k] = sums[k]

    return kernel, (1, 2), (np.zeros(4, np.float32), np.zeros((2, 4)))


def one_element_short(fixed):
    @initcheck
    def kernel(x, y):
        window = cuda.local.array((2, 3), float64)
        for r in range(2):
            for s in range(3 if fixed else 2):
                window[r, s] = x[r + s]
        y[0] = window[1, 2]  # here

    return kernel, (1, 1), (np.zeros(8), np.zeros(1))


def local_array_begins_anew(fixed):
    @initcheck
    def kernel(y):
        for k in range(2):
            last = cuda.local.array(1, float64)
            if k == 0 or fixed:
                last[0] = k
            y[k] = last[0]  # here

    return kernel, (1, 1), (np.zeros(2),)


def dynamic_memory_starts_at_zero(fixed):
    @initcheck
    def kernel(y):
        counts = cuda.shared.array(0, int32)
        t = cuda.threadIdx.x
        if fixed:
            counts[t] = 0
        counts[t] += 1  # here
        y[t] = counts[t]

    return kernel, (1, 8, 0, 32), (np.zeros(8),)


def atomics_count_from_nothing(fixed):
    @initcheck
    def kernel(y):
        count = cuda.shared.array(1, int32)
        if fixed and cuda.threadIdx.x == 0:
            count[0] = 0
        cuda.syncthreads()
        cuda.atomic.add(count, 0, 1)  # here
        cuda.syncthreads()
        y[cuda.threadIdx.x] = count[0]

    return kernel, (1, 8), (np.zeros(8),)


def shared_memory_of_the_block_before(fixed):
    @initcheck
    def kernel(y):
        first = cuda.shared.array(1, int32)
        if cuda.threadIdx.x == 0 and (fixed or cuda.blockIdx.x == 0):
            first[0] = 7
        cuda.syncthreads()
        y[cuda.grid(1)] = first[0]  # here

    return kernel, (2, 8), (np.zeros(16),)


def array_filled_by_a_method(fixed):
    @initcheck
    def kernel(y):
        sums = cuda.local.array(4, float64)
        if fixed:
            sums.fill(0)
        y[0] = sums[3]  # here

    return kernel, (1, 1), (np.zeros(1),)


def half_a_row_assigned(fixed):
    @initcheck
    def kernel(y):
        row = cuda.shared.array((2, 4), float64)
        row[0, : 4 if fixed else 3] = 1
        y[0] = row[0, 3]  # here

    return kernel, (1, 1), (np.zeros(4),)


@jit(device=True)
def third(values):
    return values[2]


def read_in_a_device_function(fixed):
    @initcheck
    def kernel(y):
        pair = cuda.local.array(3, float64)
        pair[0] = pair[1] = 1
        if fixed:
            pair[2] = 1
        y[0] = third(pair)

    return kernel, (1, 1), (np.zeros(1),)


def output_added_to(fixed):
    @initcheck
    def kernel(y):
        i = cuda.grid(1)
        if fixed:
            y[i] = 0
        y[i] += 1  # here

    return kernel, (1, 4), (unwritten.mark(np.empty(4, np.float32)),)


def atomics_onto_an_unwritten_output(fixed):
    @initcheck
    def kernel(y):
        cuda.atomic.add(y, cuda.threadIdx.x % 2, 1)  # here

    y = np.empty(2, np.int32)
    return kernel, (1, 4), (np.zeros_like(y) if fixed else unwritten.mark(y),)


def host_copy_of_the_wrong_part(fixed):
    @initcheck
    def kernel(x, y):
        y[cuda.grid(1)] = x[cuda.grid(1)]  # here

    x = unwritten.mark(np.empty((2, 4), np.uint8))
    x[0] = 1
    return kernel, (1, 4), (x[0] if fixed else x[1], np.zeros(4))


PAIR = np.dtype([("is_set", np.int8), ("value", np.float32)], align=True)


def field_left_out(fixed):
    @initcheck
    def kernel(y, pairs):
        own = cuda.local.array(2, PAIR)
        own[0].is_set = 1
        own[1]["is_set"] = own[0].is_set
        if fixed:
            own[1]["value"] = 2
        y[cuda.threadIdx.x] = own[1].value  # here
        own[0].value = 3
        pairs[cuda.threadIdx.x] = own[0]  # the padding between stays unwritten

    return kernel, (1, 4), (np.zeros(4), np.zeros(4, PAIR))


def loop_over_an_array(fixed):
    @initcheck
    def kernel(y):
        own = cuda.local.array(4, float32)
        own[: 4 if fixed else 3] = 1
        for value in own:  # here
            y[cuda.threadIdx.x] += value

    return kernel, (1, 1), (np.zeros(1),)


def unwritten_array_as_a_global(fixed):
    with modes.using(sanitize="initcheck"):
        table = api.device_array(4)
    if fixed:
        table.copy_to_device(np.zeros(4))

    @initcheck
    def kernel(y):
        y[cuda.threadIdx.x] = table[cuda.threadIdx.x]  # here

    return kernel, (1, 4), (np.zeros(4),)


PLANTS = [
    (tile_without_its_halo, "tile[0]", "tile[33]", "thread (31, 0, 0)", "was never written"),
    (tile_of_the_last_block, "tile[8]", "block (1, 0, 0)", "(8 times)"),
    (accumulators_not_zeroed, "sums[0]"),
    (one_element_short, "window[1, 2]"),
    (local_array_begins_anew, "last[0]"),
    (dynamic_memory_starts_at_zero, "counts[0]", "(8 times)"),
    (atomics_count_from_nothing, "count[0]"),
    (shared_memory_of_the_block_before, "first[0]", "block (1, 0, 0)"),
    (array_filled_by_a_method, "sums[3]"),
    (half_a_row_assigned, "row[0, 3]"),
    (read_in_a_device_function, "values[2]"),
    (output_added_to, "y[0]", "(4 times)"),
    (atomics_onto_an_unwritten_output, "y[0]"),
    (host_copy_of_the_wrong_part, "x[0]", "(4 times)"),
    (field_left_out, "own[...].value", "(4 times)"),
    (loop_over_an_array, "own[3]"),
    (unwritten_array_as_a_global, "table[0]", "(4 times)"),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant[0].__name__)
def test_a_planted_read_is_named_and_its_cure_is_silent(check, plant):
    check(plant[0], InitError, *plant[1:])


@initcheck
def write_half(y):
    y[2 * cuda.grid(1)] = 1


@initcheck
def add_up(y, total):
    for i in range(y.size):
        total[0] += y[i]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_what_one_kernel_leaves_unwritten_the_next_one_reports(dtype):
    y = unwritten.mark(np.empty(8, dtype))
    write_half[1, 4](y)
    with pytest.raises(InitError, match=r"y\[1\] is read but was never written.*\(4 times\)"):
        add_up[1, 1](y, np.zeros(1))
    write_half[1, 4](y[1:])
    add_up[1, 1](y, np.zeros(1))


def test_what_the_host_writes_is_written():
    y = unwritten.mark(np.empty((2, 4), np.float32))
    y[...] = 0
    add_up[1, 1](y.reshape(-1), np.zeros(1))


def test_a_byte_of_the_host_may_equal_the_patterns():
    y = unwritten.mark(np.empty(6, np.uint8))
    pattern = y.copy()
    y[:] = 0
    y[0], y[5] = pattern[0], pattern[5]
    add_up[1, 1](y, np.zeros(1))


def test_device_arrays_start_unwritten():
    with modes.using(sanitize="initcheck"):
        y = api.device_array(8, np.float32, order="F")
        write_half[1, 4](y)
        with pytest.raises(InitError, match=r"y\[1\] is read"):
            add_up[1, 1](y, np.zeros(1))
        add_up[1, 1](api.to_device(np.zeros(8)), np.zeros(1))


def test_an_array_is_forgotten_when_freed():
    gc.collect()  # arrays of other tests
    before = len(unwritten.overlapping(0, 2**63))
    view = unwritten.mark(np.empty(8))[2:]
    assert len(unwritten.overlapping(0, 2**63)) == before + 1
    del view
    gc.collect()
    assert len(unwritten.overlapping(0, 2**63)) == before


def test_an_element_that_equals_the_pattern_by_accident():
    y = unwritten.mark(np.empty(4, np.uint8))
    pattern = y.copy()

    @initcheck
    def copy(x, y, z):
        y[cuda.grid(1)] = x[cuda.grid(1)]
        z[cuda.grid(1)] = y[cuda.grid(1)]

    z = np.zeros(4, np.uint8)
    copy[1, 4](pattern, y, z)  # a kernel wrote it, whatever the value
    assert (z == pattern).all()
