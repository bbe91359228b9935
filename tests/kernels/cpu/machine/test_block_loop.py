"""Kernels whose threads never wait take their blocks themselves, several at once."""

import numpy as np
import pytest
from numba import cuda, float64

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.machine import pool


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(pool, "cores", lambda: 2)


@pytest.mark.parametrize(
    "grid", [(1, 1, 1), (2, 1, 1), (7, 1, 1), (1, 1, 9), (3, 5, 2), (40, 3, 1), (1001, 1, 1)]
)
def test_every_block_runs_once_with_its_coordinates(grid):
    @jit
    def visit(visits, place):
        x, y, z = cuda.blockIdx.x, cuda.blockIdx.y, cuda.blockIdx.z
        visits[z, y, x, cuda.threadIdx.x] += 1
        place[z, y, x] = x + 10_000 * (y + 100 * z)

    visits, place = np.zeros((*grid[::-1], 64), np.int32), np.zeros(grid[::-1], np.int64)
    visit[grid, 64](visits, place)
    z, y, x = np.indices(place.shape)
    assert (visits == 1).all()
    assert (place == x + 10_000 * (y + 100 * z)).all()


def test_a_core_that_is_done_first_leaves_the_other_its_blocks():
    @jit
    def uneven(x):
        i = cuda.grid(1)
        total = 0.0
        for k in range(100 * (cuda.blockIdx.x % 32)):  # the last of a share take longest
            total += k
        x[i] = total + 1

    for _ in range(20):
        x = np.zeros(256 * 32)
        uneven[256, 32](x)
        assert (x > 0).all()


def test_a_failure_stops_all_cores_and_names_its_block():
    @jit(sanitize="memcheck")
    def beyond(x, out):
        i = cuda.grid(1)
        out[i] = 1
        if cuda.blockIdx.x == 70:
            x[i] = 1

    x, out = np.zeros(8), np.zeros(4000 * 64)
    with pytest.raises(IndexError, match=r"x\[4480\].*block \(70, 0, 0\)"):
        beyond[4000, 64](x, out)
    assert not out.all()


def test_shared_memory_begins_poisoned_in_each_block():
    @jit(sanitize="memcheck")
    def look(out):
        own = cuda.shared.array(1, float64)
        out[cuda.blockIdx.x] = own[0]
        own[0] = 1

    out = np.zeros(100)
    look[100, 1](out)
    assert np.isnan(out).all()
