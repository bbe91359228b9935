"""What the sanitizer finds in a warp's mma and ldmatrix: lanes, rows and fragments amiss."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import BarrierError, InitError, RaceError
from crosscheck.kernels.launch import cuda, kernel, sanitized
from crosscheck.kernels.ptx import load_transposed, mma_f16


@kernel
def some_lanes(y, lanes, unwritten, early):
    """Transposes a tile and multiplies by it, in the lanes below `lanes`."""
    tile = cuda.shared.array((64, 4), np.uint32, alignment=16)
    t, lane = cuda.threadIdx.x, cuda.threadIdx.x % 32
    acc = cuda.local.array(4, np.float32)
    words = cuda.local.array(4, np.uint32)
    for i in range(4):
        tile[t, i] = 0
        if not unwritten:
            acc[i] = 1
    if not early:
        cuda.syncwarp()
    if lane < np.int64(lanes):
        load_transposed(words, tile, t - lane + (lane + 1) % 32)
        mma_f16(acc, words, words, 2)
    for i in range(4):
        y[t * 4 + i] = acc[i]


def ones(threads, lanes=32, unwritten=False, early=False):
    y = np.zeros(4 * threads, np.float32)
    some_lanes[1, threads](y, lanes, unwritten, early)
    return y


def test_the_sanitizer_finds_nothing_where_all_lanes_come():
    with sanitized(same_value=True):
        assert (ones(64) == 1).all()


def test_a_fragment_that_was_never_written_is_found():
    text = r"what mma_f16 accesses is read but was never written, test_whole_warps.py:\d+"
    with sanitized(), pytest.raises(InitError, match=text):
        ones(32, unwritten=True)


def test_a_row_that_another_lane_wrote_is_found():
    text = r"tile\[1, 0\] is read, .* and written, .* with no barrier between: .* lockstep"
    with sanitized("racecheck"), pytest.raises(RaceError, match=text):
        ones(32, early=True)


@pytest.mark.parametrize("threads, lanes", [(32, 31), (64, 20), (48, 32), (20, 32)])
def test_a_warp_that_is_not_whole_is_found(threads, lanes):
    """Lanes that went past it, and lanes that the block does not have."""
    text = r"wait at ldmatrix.x4.trans, which all 32 lanes of a warp must reach together"
    with sanitized("synccheck"), pytest.raises(BarrierError, match=text):
        ones(threads, lanes)


def test_what_a_warp_makes_that_is_not_whole_is_not_a_number():
    y = ones(48)
    assert (y[: 4 * 32] == 1).all() and np.isnan(y[4 * 32 :]).all()
