"""The cost of a warp's accesses, against numbers computed by hand."""

import numpy as np
import pytest

from crosscheck.kernels.cpu.sanitizer.trace import ATOMIC, GLOBAL, LOAD, LOCAL, SHARED, STORE, Trace
from crosscheck.kernels.inspect.memory.lines import summarise

LANES = np.arange(32)


def trace(address, size=4, space=GLOBAL, kind=LOAD, thread=None, block=0, site=0):
    address = np.asarray(address)
    thread = np.arange(len(address)) if thread is None else thread

    def spread(value):
        return np.broadcast_to(np.asarray(value), address.shape)

    fields = (spread(field) for field in (block, thread, site))
    rest = (spread(field) for field in (size, kind, space))
    return Trace(*fields, address, *rest, (("x", "a.py:12"), ("y", "a.py:9")))


def line(*arguments, **options):
    (found,) = summarise(trace(*arguments, **options))
    return found


@pytest.mark.parametrize(
    ("address", "size", "sectors", "utilization"),
    [
        (1024 + 4 * LANES, 4, 4, 1.0),  # coalesced
        (1024 + 8 * LANES, 8, 8, 1.0),
        (1024 + 4 * LANES[::-1], 4, 4, 1.0),  # in reverse
        (1024 + 16 + 4 * LANES, 4, 5, 0.8),  # half a sector off
        (1024 + 8 * LANES, 4, 8, 0.5),  # stride 2
        (1024 + 128 * LANES, 4, 32, 0.125),  # a column of 32 floats
        (1024 + 0 * LANES, 4, 1, 0.125),  # broadcast
        (1024 + 32 * LANES, 1, 32, 1 / 32),  # bytes
        (1024 + 30 + 0 * LANES, 4, 2, 1 / 16),  # across two sectors
    ],
)
def test_sectors(address, size, sectors, utilization):
    found = line(address, size)
    assert (found.requests, found.worst_request, found.bytes_moved) == (1, sectors, 32 * sectors)
    assert found.utilization == pytest.approx(utilization) and found.conflict_factor is None


@pytest.mark.parametrize(
    ("address", "size", "passes", "conflict_factor"),
    [
        (4 * LANES, 4, 1, 1),
        (0 * LANES + 64, 4, 1, 1),  # broadcast
        (8 * LANES, 4, 2, 2),  # stride 2: two lanes a bank
        (128 * LANES, 4, 32, 32),  # a column of a 32 wide tile
        (132 * LANES, 4, 1, 1),  # the same, padded
        (64 * LANES, 4, 16, 16),
        (LANES, 1, 1, 1),  # four lanes share a word
        (8 * LANES, 8, 2, 1),  # doubles, half a warp at a time
        (256 * LANES, 8, 32, 16),
        (16 * LANES, 16, 4, 1),
    ],
)
def test_banks(address, size, passes, conflict_factor):
    found = line(address, size, space=SHARED)
    assert (found.passes, found.conflict_factor) == (passes, conflict_factor)
    assert found.utilization is None


def test_transfers_of_one_sector_by_several_warps_are_counted():
    found = line(np.tile(1024 + 4 * LANES, 6), thread=np.arange(192))  # six warps, one row
    assert (found.requests, found.bytes_moved, found.distinct_bytes) == (6, 6 * 128, 128)
    assert found.transfers_per_sector == 6


def test_a_loop_makes_one_request_per_iteration():
    steps = np.repeat(np.arange(5), 32)  # all lanes of a step together, as if in lockstep
    by_step = trace(4 * (np.tile(LANES, 5) + 32 * steps), thread=np.tile(LANES, 5))
    order = np.argsort(by_step.thread, kind="stable")  # a thread runs alone, to its end
    (found,) = summarise(by_step.select(order))
    assert (found.requests, found.worst_request, found.utilization) == (5, 4, 1)


def test_warps_and_blocks_make_separate_requests():
    found = line(np.full(80, 64), thread=np.arange(80) % 40, block=np.arange(80) // 40)
    assert found.requests == 4 and found.accesses == 80


def test_lines_are_sorted_and_local_memory_is_left_out():
    site = np.repeat([0, 1, 1, 0], 8)
    space = np.repeat([GLOBAL, GLOBAL, SHARED, LOCAL], 8)
    kind = np.repeat([STORE, LOAD, ATOMIC, LOAD], 8)
    found = summarise(trace(4 * LANES, site=site, space=space, kind=kind, thread=LANES % 8))
    assert [(each.array, each.place, each.kind, each.shared) for each in found] == [
        ("y", "a.py:9", "load", False),
        ("y", "a.py:9", "atomic", True),
        ("x", "a.py:12", "store", False),
    ]


def test_nothing_accessed():
    assert summarise(trace(np.zeros(0, np.int64))) == []
