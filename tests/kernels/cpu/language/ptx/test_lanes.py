"""Shuffles, votes and barriers in PTX: as cuda's own functions, whose code they share."""

import numpy as np
import pytest
from numba import cuda
from numba.core import types

from crosscheck.kernels.cpu import BarrierError, jit, modes

U4 = types.uint32


def shuffled(inline, mode, number, limits):
    text = (
        "{ .reg .pred %p; "
        f"shfl.sync.{mode}.b32 $0|%p, $2, {number}, {limits}, 0xFFFFFFFF; selp.b32 $1, 1, 0, %p; }}"
    )
    shuffle = inline(text, "=r,=r,r", (U4, U4), U4)

    @jit
    def run(out):
        lane = cuda.threadIdx.x
        value, inside = shuffle(np.uint32(100 + lane))
        out[0, lane] = value
        out[1, lane] = inside

    out = np.zeros((2, 32), np.uint32)
    run[1, 32](out)
    return out[0] - 100, out[1]


@pytest.mark.parametrize(
    "mode, number, limits, wanted",
    [
        ("idx", 5, 31, lambda lane: 0 * lane + 5),
        ("idx", 1, 31 | 24 << 8, lambda lane: lane // 8 * 8 + 1),  # segments of 8 lanes
        ("up", 3, 0, lambda lane: lane - 3),
        ("down", 3, 31, lambda lane: lane + 3),
        ("bfly", 9, 31, lambda lane: lane ^ 9),
    ],
)
def test_shuffle(inline, mode, number, limits, wanted):
    lane = np.arange(32)
    source = wanted(lane)
    inside = (source >= 0) & (source < 32)
    values, predicates = shuffled(inline, mode, number, limits)
    np.testing.assert_array_equal(values, np.where(inside, source, lane))
    np.testing.assert_array_equal(predicates, inside)


def test_votes(inline):
    text = (
        "{ .reg .pred %p, %q; setp.lt.u32 %p, %laneid, $3; "
        "vote.sync.ballot.b32 $0, %p, -1; vote.sync.any.pred %q, %p, -1; selp.b32 $1, 1, 0, %q; "
        "vote.sync.all.pred %q, !%p, -1; selp.b32 $2, 1, 0, %q; }"
    )
    vote = inline(text, "=r,=r,=r,r", (U4, U4, U4), U4)

    @jit
    def run(out, below):
        made = vote(np.uint32(below))
        for i in range(3):
            out[i, cuda.threadIdx.x] = made[i]

    for below in (0, 5, 32):
        out = np.zeros((3, 32), np.uint32)
        run[1, 32](out, below)
        expected = [[(1 << below) - 1], [below > 0], [below == 0]]
        np.testing.assert_array_equal(out, np.broadcast_to(expected, (3, 32)))


def test_barriers_order_what_is_shared(inline):
    block, warp = (
        inline(text, "~{memory}", types.void)
        for text in ("bar.sync 0;", "bar.warp.sync 0xFFFFFFFF;")
    )

    @jit(sanitize=True)
    def turn(x):
        tile = cuda.shared.array(64, types.int64)
        t = cuda.threadIdx.x
        tile[t] = x[t]
        warp()
        x[t] = tile[t ^ 31]
        block()
        x[t] += tile[63 - t]

    x = np.arange(64)
    turn[1, 64](x)
    np.testing.assert_array_equal(x, (np.arange(64) ^ 31) + np.arange(64)[::-1])


def test_a_barrier_that_threads_miss_is_named(inline):
    block = inline("bar.sync 0;", "~{memory}", types.void)

    @jit
    def wrong(x):
        if cuda.threadIdx.x < 3:
            block()
        else:
            cuda.syncthreads()
            cuda.syncthreads()

    with pytest.raises(BarrierError, match=r"wait at bar.sync, test_lanes.py:\d+"):
        jit(sanitize="synccheck")(wrong.py_func)[1, 8](np.zeros(8))


def test_the_debugger_refuses_what_waits(inline):
    pytest.importorskip("greenlet")
    block = inline("{ bar.sync 0; mov.b32 $0, 1; }", "=r", U4)

    @jit
    def kernel(x):
        x[cuda.threadIdx.x] = block()

    with (
        modes.using(debug=True),
        pytest.raises(NotImplementedError, match="cannot do in the debugger"),
    ):
        kernel[1, 8](np.zeros(8))
