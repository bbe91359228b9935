"""What a block asks of memory at least, against a kernel whose accesses are counted by hand."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import recording
from crosscheck.kernels.cpu.sanitizer import recorder
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, STORE, Trace
from crosscheck.kernels.inspect.memory.block import Block, Requests
from crosscheck.kernels.launch import cuda, index, kernel, real


@kernel
def turn(x, y):
    """A block of 64 threads, 2 warps: reads its row of x twice, and stores it backwards."""
    tile = cuda.shared.array(64, real)
    t, b = index(cuda.threadIdx.x), index(cuda.blockIdx.x)
    tile[t] = x[b, t] + x[b, t]
    cuda.syncthreads()
    y[b, t] = tile[index(63) - t]


def block(only=None, blocks=1):
    x = np.ones((3, 64), np.float32)
    with recording(only=only) as traces:
        turn[3, 64](x, np.empty_like(x))
    return Block(traces[0][1], 64, blocks)


@pytest.mark.parametrize(("only", "blocks"), [(lambda kernel, blocks: 1, 1), (None, 3)])
def test_a_block_by_hand(only, blocks):
    found = block(only, blocks)
    assert found.bytes == 64 * 5 * 4
    assert (found.shared_stored, found.global_stored) == (4, 4)
    assert (found.shared_loaded, found.global_loaded) == (4, 4)  # what is read twice counts once
    # Two requests of 128 bytes of each class, and twice as many loads.
    passes = {key: each.least(100) for key, each in found.requests.items()}
    assert passes == {
        (SHARED, LOAD): 2,
        (SHARED, STORE): 2,
        (GLOBAL, LOAD): 4,
        (GLOBAL, STORE): 2,
    }
    assert (found.sectors_loaded, found.sectors_stored) == (8, 8)


def test_bytes_are_counted_where_the_trace_is_full(monkeypatch):
    monkeypatch.setattr(recorder, "SAMPLED_ACCESSES", 96)  # 32 threads: two loads and a store
    found = block(lambda kernel, blocks: 1)
    assert found.bytes == 64 * 5 * 4 and found.shared_stored == found.global_stored == 4
    assert found.global_loaded == 4
    assert found.requests[GLOBAL, LOAD].least(100) == 4  # of two, each stands for two
    assert found.requests[SHARED, LOAD].least(100) == 0  # nothing is known of them


def test_what_a_thread_stored_itself_it_need_not_load():
    @kernel
    def own(y):
        tile = cuda.shared.array(32, real)
        t = index(cuda.threadIdx.x)
        tile[t] = real(1)
        y[t] = tile[t]

    y = np.empty(32, np.float32)
    with recording() as traces:
        own[1, 32](y)
    assert Block(traces[0][1], 32).shared_loaded == 0


def shared_loads(address, size):
    """Return the block of a warp that loads from these addresses, a row a request."""
    address = np.asarray(address)
    fields = {
        "block": 0,
        "thread": np.tile(np.arange(32), len(address)),
        "site": 1,
        "address": address.ravel(),
        "size": size,
        "kind": LOAD,
        "space": SHARED,
    }
    full = {name: np.broadcast_to(each, address.size).copy() for name, each in fields.items()}
    moved = np.zeros((3, 4), np.int64)
    moved[SHARED, LOAD] = size * address.size
    return Block(Trace(**full, sites={1: ("tile", "file.py:1")}, bytes=moved), 32)


def test_lanes_that_read_the_same_words_share_a_pass_whichever_they_are():
    same, two = np.zeros((1, 32), int), np.arange(32)[None] // 16 * 16
    found = [shared_loads(each, 16).requests[SHARED, LOAD].least(1) for each in (same, two)]
    assert found == [1, 1]
    assert shared_loads(np.arange(32)[None] * 16, 16).requests[SHARED, LOAD].least(1) == 4


def test_the_cheapest_requests_come_first():
    lanes = np.arange(32)
    found = shared_loads([lanes * 128, lanes * 4, lanes * 8], 4).requests[SHARED, LOAD]
    assert [found.least(n) for n in (1, 2, 3)] == [1, 3, 35]


def test_of_requests_the_cheapest_count():
    requests = Requests(np.array([1.0, 1.0, 4.0, 32.0]), 2.0)
    assert [requests.least(n) for n in (0, 2, 5, 6, 8, 99)] == [0, 2, 4, 12, 76, 76]
