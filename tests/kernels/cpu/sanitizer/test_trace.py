"""A trace has every access of every thread, in the order of each."""

import numpy as np
import pytest
from numba import cuda, float32

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.sanitizer import recorder
from crosscheck.kernels.cpu.sanitizer.trace import (
    ATOMIC,
    GLOBAL,
    LOAD,
    LOCAL,
    SHARED,
    STORE,
    recording,
)


@jit
def reverse(x, y, count):
    tile = cuda.shared.array(8, float32)
    own = cuda.local.array(1, float32)
    t = cuda.threadIdx.x
    own[0] = x[8 * cuda.blockIdx.x + t]
    tile[t] = own[0]
    cuda.syncthreads()
    y[8 * cuda.blockIdx.x + t] = tile[7 - t]
    cuda.atomic.add(count, 0, 1)


def test_every_access_is_recorded():
    x, y, count = np.arange(24, dtype=np.float32), np.zeros(24), np.zeros(1, np.int32)
    with recording() as traces:
        reverse[3, 8](x, y, count)
    ((name, trace),) = traces
    assert name.endswith(".reverse") and trace.lost == 0 and count[0] == 24
    first = reverse.py_func.__code__.co_firstlineno
    found = {}
    for n in range(len(trace)):
        array, place = trace.sites[trace.site[n]]
        line = int(place.removeprefix("test_trace.py:")) - first
        key = (array, line, trace.kind[n], trace.space[n], trace.size[n])
        found.setdefault(key, {})[trace.block[n], trace.thread[n]] = trace.address[n]
    at = {(b, t) for b in range(3) for t in range(8)}
    assert all(set(places) == at for places in found.values())
    x_at, y_at, count_at = (number << 40 for number in (1, 2, 3))
    expected = {
        ("x", 5, LOAD, GLOBAL, 4): lambda b, t: x_at + 4 * (8 * b + t),
        ("own", 5, STORE, LOCAL, 4): None,
        ("own", 6, LOAD, LOCAL, 4): None,
        ("tile", 6, STORE, SHARED, 4): lambda b, t: 4 * t,
        ("tile", 8, LOAD, SHARED, 4): lambda b, t: 4 * (7 - t),
        ("y", 8, STORE, GLOBAL, 8): lambda b, t: y_at + 8 * (8 * b + t),
        ("count", 9, ATOMIC, GLOBAL, 4): lambda b, t: count_at,
    }
    assert found.keys() == expected.keys()
    for key, address in expected.items():
        if address:
            assert found[key] == {(b, t): address(b, t) for b, t in at}


def test_a_view_keeps_its_offset_in_its_allocation():
    buffer, count = np.zeros(64, np.float32), np.zeros(1, np.int32)
    with recording() as traces:
        reverse[1, 8](buffer[16:24], buffer[3::4], count)
    trace = traces[0][1]
    places = {trace.sites[site][0]: trace.address[trace.site == site] for site in set(trace.site)}
    assert places["x"].tolist() == [(1 << 40) + 4 * (16 + t) for t in range(8)]
    assert places["y"].tolist() == [(1 << 40) + 4 * (3 + 4 * t) for t in range(8)]


BODY = np.dtype([("live", np.int8), ("place", np.float64, (2,)), ("mass", np.float32)], align=True)


@jit
def move(bodies):
    bodies[1] = bodies[0]
    bodies[2].place[1] = bodies[0]["mass"]


def test_a_record_counts_as_its_numbers():
    with recording() as traces:
        move[1, 1](np.zeros(3, BODY))
    trace = traces[0][1]
    found = list(zip(trace.address - (1 << 40), trace.size, trace.kind, strict=True))
    numbers = [(0, 1), (8, 8), (16, 8), (24, 4)]
    size = BODY.itemsize
    whole = [
        (start + at, n, kind) for start, kind in ((size, STORE), (0, LOAD)) for at, n in numbers
    ]
    assert found == [*whole, (24, 4, LOAD), (2 * size + 16, 8, STORE)]


def test_a_full_trace_counts_the_lost_accesses(monkeypatch):
    monkeypatch.setattr(recorder, "MAX_ACCESSES", 10)
    x, y, count = np.zeros(8, np.float32), np.zeros(8), np.zeros(1, np.int32)
    with recording() as traces:
        reverse[1, 8](x, y, count)
    assert len(traces[0][1]) == 10 and traces[0][1].lost == 7 * 8 - 10


@pytest.mark.parametrize("number", [0, 1, 2])
def test_only_one_block_runs_and_its_local_memory_is_left_out(number):
    x, y, count = np.ones(24, np.float32), np.zeros(24), np.zeros(1, np.int32)
    with recording(only=lambda kernel, blocks: number if blocks == 3 else -1) as traces:
        reverse[3, 8](x, y, count)
    trace = traces[0][1]
    assert set(trace.block) == {number} and LOCAL not in trace.space and len(trace) == 5 * 8
    assert np.flatnonzero(y).tolist() == list(range(8 * number, 8 * number + 8))
    assert count[0] == 8


@jit
def without_a_barrier(y):
    y[cuda.blockIdx.x, cuda.blockIdx.y] = 1 + cuda.blockIdx.y


def test_only_one_block_runs_of_a_kernel_whose_threads_never_wait():
    y = np.zeros((3, 4))
    with recording(only=lambda kernel, blocks: 3 * 2 + 1) as traces:
        without_a_barrier[(3, 4), 1](y)
    assert np.argwhere(y).tolist() == [[1, 2]] and y[1, 2] == 3
    assert len(traces[0][1]) == 1


def test_of_some_kernels_all_blocks_may_run():
    y = np.zeros((3, 4))
    chosen = []
    with recording(only=lambda kernel, blocks: chosen.append((kernel, blocks))) as traces:
        without_a_barrier[(3, 4), 1](y)
    assert y.all() and len(traces[0][1]) == 12
    ((kernel, blocks),) = chosen
    assert kernel.endswith(".without_a_barrier") and blocks == 12


def test_a_sample_is_bounded(monkeypatch):
    monkeypatch.setattr(recorder, "SAMPLED_ACCESSES", 10)
    with recording(only=lambda kernel, blocks: 0) as traces:
        reverse[1, 8](np.zeros(8, np.float32), np.zeros(8), np.zeros(1, np.int32))
    trace = traces[0][1]
    assert len(trace) == 10 and trace.lost == 5 * 8 - 10
    moved = {(GLOBAL, LOAD): 4, (GLOBAL, STORE): 8, (GLOBAL, ATOMIC): 4, (SHARED, STORE): 4}
    moved |= {(SHARED, LOAD): 4, (LOCAL, STORE): 4, (LOCAL, LOAD): 4}
    expected = np.zeros_like(trace.bytes)
    for (space, kind), size in moved.items():
        expected[space, kind] = 8 * size
    assert np.array_equal(trace.bytes, expected)


def test_nothing_is_recorded_afterwards():
    with recording() as traces:
        pass
    reverse[1, 8](np.zeros(8, np.float32), np.zeros(8), np.zeros(1, np.int32))
    assert traces == []


def test_a_launch_that_fails_leaves_no_trace():
    with recording() as traces, pytest.raises(IndexError, match="out of bounds"):
        reverse[1, 8](np.zeros(7, np.float32), np.zeros(8), np.zeros(1, np.int32))
    assert traces == []
