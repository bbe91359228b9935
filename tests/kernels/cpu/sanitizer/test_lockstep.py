"""A race that only the lockstep of a warp hides is told so, and no other race is."""

import numpy as np
import pytest
from numba import cuda, float32

from crosscheck.kernels.cpu import RaceError, jit

WORDS = (
    "it relies on the lanes of a warp moving in lockstep; since Volta they need not: "
    "put cuda.syncwarp() between"
)
racecheck = jit(sanitize="racecheck", same_value=True)


@racecheck
def last_steps_of_a_sum(x, out):
    tree = cuda.shared.array(32, float32)
    t = cuda.threadIdx.x
    tree[t] = x[t]
    if t < 16:
        tree[t] += tree[t + 16]
        tree[t] += tree[t + 8]
    if t == 0:
        out[0] = tree[0]


@racecheck
def steps_in_a_loop(x, out):
    tree = cuda.shared.array(32, float32)
    t = cuda.threadIdx.x
    tree[t] = x[t]
    step = 16
    while step:
        tree[t] += tree[(t + step) % 32]
        step //= 2
    out[t] = tree[t]


@racecheck
def broadcast(x, out):
    tile = cuda.shared.array(1, float32)
    if cuda.laneid == 0:
        tile[0] = x[0]
    out[cuda.threadIdx.x] = tile[0]


@pytest.mark.parametrize("kernel", [last_steps_of_a_sum, steps_in_a_loop, broadcast])
def test_it_is_said_of_a_load_and_a_store_in_one_warp(kernel):
    with pytest.raises(RaceError) as error:
        kernel[1, 32](np.ones(32, np.float32), np.zeros(32, np.float32))
    lines = str(error.value).splitlines()
    findings = [line for line in lines if "racecheck" in line]
    assert findings and all(WORDS in finding for finding in findings)


@racecheck
def count(x, out):
    out[0] += 1


@racecheck
def count_in_three_lines(x, out):
    old = out[0]
    new = old + 1
    out[0] = new


@racecheck
def the_last_lane_wins(x, out):
    out[0] = cuda.threadIdx.x


@racecheck
def reverse(x, out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    tile[t] = t
    out[t] = tile[t // 2]


@pytest.mark.parametrize(
    "kernel, threads",
    [(count, 32), (count_in_three_lines, 32), (the_last_lane_wins, 32), (reverse, 64)],
)
def test_it_is_not_said_where_lockstep_would_not_help(kernel, threads):
    with pytest.raises(RaceError) as error:
        kernel[1, threads](np.ones(64, np.float32), np.zeros(64, np.float32))
    assert WORDS not in str(error.value)


def test_an_update_is_one_finding():
    with pytest.raises(RaceError) as error:
        count[1, 32](np.ones(32, np.float32), np.zeros(32, np.float32))
    assert "findings" not in str(error.value)
    assert "out[0] is updated" in str(error.value)
    assert "one update may be lost, which an atomic operation would not be" in str(error.value)
