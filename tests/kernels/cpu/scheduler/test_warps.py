"""Warp operations: what each lane receives, and who waits for whom."""

import numpy as np
import pytest
from numba import cuda
from numba.core.errors import TypingError

from crosscheck.kernels.cpu import BarrierError, jit

ALL = 0xFFFFFFFF
LANES = np.arange(32)


@jit
def lanes(out):
    t = cuda.threadIdx.x + cuda.blockDim.x * cuda.threadIdx.y
    out[t, 0] = cuda.laneid
    out[t, 1] = cuda.warpsize
    out[t, 2] = cuda.lanemask_lt()


def test_lanes_are_numbered_with_x_first():
    out = np.zeros((80, 3), np.int64)
    lanes[1, (20, 4)](out)
    t = np.arange(80)
    assert (out[:, 0] == t % 32).all() and (out[:, 1] == 32).all()
    assert (out[:, 2] == (1 << t % 32) - 1).all()


@jit
def shuffles(x, out, number):
    t = cuda.threadIdx.x
    out[0, t] = cuda.shfl_sync(0xFFFFFFFF, x[t], number)
    out[1, t] = cuda.shfl_up_sync(0xFFFFFFFF, x[t], number)
    out[2, t] = cuda.shfl_down_sync(0xFFFFFFFF, x[t], number)
    out[3, t] = cuda.shfl_xor_sync(0xFFFFFFFF, x[t], number)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("number", [0, 1, 5, 16, 31])
def test_shuffles(dtype, number):
    x = np.random.default_rng(number).normal(size=96).astype(dtype) * 1000
    out = np.zeros((4, 96), dtype)
    shuffles[1, 96](x, out, number)
    warps = x.reshape(3, 32)
    sources = [
        np.full(32, number),
        np.where(LANES >= number, LANES - number, LANES),
        np.where(LANES + number < 32, LANES + number, LANES),
        LANES ^ number,
    ]
    for got, source in zip(out, sources, strict=True):
        np.testing.assert_array_equal(got.reshape(3, 32), warps[:, source])


def test_a_shuffle_counts_lanes_modulo_the_warp():
    x, out = np.arange(32, dtype=np.int32), np.zeros((4, 32), np.int32)
    shuffles[1, 32](x, out, 35)
    assert (out[0] == 3).all()


def test_a_lane_that_does_not_take_part_gives_nan():
    x, out = np.zeros(40), np.zeros((4, 40))
    shuffles[1, 40](x, out, 20)
    assert np.isnan(out[0, 32:]).all() and not np.isnan(out[0, :32]).any()


def test_a_value_that_cannot_be_shuffled_is_refused():
    @jit
    def small(x):
        x[0] = cuda.shfl_sync(0xFFFFFFFF, x[0], 0)

    with pytest.raises(TypingError, match="shfl_sync: value is int8; expected a 32- or 64-bit"):
        small[1, 32](np.zeros(1, np.int8))


@pytest.mark.parametrize(
    "mask, predicate, refused",
    [
        (1.0, 1, "cuda.all_sync: Mask type must be an integer. Got float64"),
        (True, 1, "cuda.all_sync: Mask type must be an integer. Got bool"),
        (1, 1.0, "cuda.all_sync: Predicate must be an integer or boolean. Got float64"),
    ],
)
def test_a_vote_of_other_types_is_refused_in_numba_cudas_words(mask, predicate, refused):
    @jit
    def kernel(mask, predicate):
        cuda.all_sync(mask, predicate)

    with pytest.raises(TypingError, match=refused):
        kernel[1, 1](mask, predicate)


@jit
def votes(x, out):
    t = cuda.threadIdx.x
    out[0, t] = cuda.all_sync(0xFFFFFFFF, x[t])
    out[1, t] = cuda.any_sync(0xFFFFFFFF, x[t])
    out[2, t] = cuda.eq_sync(0xFFFFFFFF, x[t])
    out[3, t] = cuda.ballot_sync(0xFFFFFFFF, x[t])


@pytest.mark.parametrize("bits", [0, 1, 0x80000000, 0xDEADBEEF, ALL])
def test_votes(bits):
    x = (bits >> LANES & 1).astype(np.int32) * 2
    out = np.zeros((4, 32), np.int64)
    votes[1, 32](x, out)
    assert (out[0] == (bits == ALL)).all() and (out[1] == (bits != 0)).all()
    assert (out[2] == (bits in (0, ALL))).all()
    assert (out[3] == np.int64(np.uint32(bits).view(np.int32))).all()


@jit
def matches(x, out):
    t = cuda.threadIdx.x
    out[0, t] = cuda.match_any_sync(0xFFFFFFFF, x[t])
    mask, equal = cuda.match_all_sync(0xFFFFFFFF, x[t])
    out[1, t] = mask
    out[2, t] = equal


@pytest.mark.parametrize("dtype", [np.int32, np.float64])
def test_matches(dtype):
    x = (LANES % 3).astype(dtype)
    out = np.zeros((3, 32), np.int64)
    matches[1, 32](x, out)
    for lane in range(32):
        mask = sum(1 << other for other in range(32) if other % 3 == lane % 3)
        assert out[0, lane] & ALL == mask
    assert (out[1:] == 0).all()
    matches[1, 32](np.full(32, 7, dtype), out)
    assert (out[0] == -1).all() and (out[1] == -1).all() and (out[2] == 1).all()


@jit
def halves(out):
    """Each half of the warp goes its own way, at its own pace."""
    t = cuda.threadIdx.x
    value = np.int32(t)
    if t < 16:
        for _ in range(3):
            value = cuda.shfl_xor_sync(0x0000FFFF, value, 1)
    else:
        for _ in range(7):
            value = cuda.shfl_down_sync(0xFFFF0000, value, 1)
    out[t] = value


def test_groups_with_their_own_masks_do_not_wait_for_each_other():
    out = np.zeros(32)
    halves[1, 32](out)
    assert (out[:16] == LANES[:16] ^ 1).all()
    assert (out[16:25] == LANES[23:]).all()


@jit
def overlapping(x):
    """A lane goes on with one partner while another has still to read what it brought before."""
    t = cuda.threadIdx.x
    value = np.int32(10 * t)
    if t == 0:
        a = cuda.shfl_sync(0b1001, value, 3)
        b = cuda.shfl_sync(0b0011, value + 1, 1)
        c = cuda.shfl_sync(0b0011, value + 2, 1)
        x[0] = a + 1000 * b + 1000000 * c
    elif t == 1:
        b = cuda.shfl_sync(0b0011, value + 1, 0)
        x[1] = b + 1000 * cuda.shfl_sync(0b0011, value + 2, 0)
    elif t == 3:
        x[3] = cuda.shfl_sync(0b1001, value, 0)


@pytest.mark.parametrize("seed", [None, *range(8)])
def test_overlapping_groups_read_their_own_values(seed):
    x = np.full(4, -1)
    jit(overlapping.py_func, seed=seed)[1, 4](x)
    assert x.tolist() == [12_011_030, 2001, -1, 0]


def test_lanes_that_have_returned_are_not_waited_for():
    @jit
    def total(x, out):
        i = cuda.grid(1)
        if i >= x.size:
            return
        out[i] = cuda.ballot_sync(0xFFFFFFFF, 1)

    out = np.zeros(20, np.int64)
    total[1, 32](np.zeros(20), out)
    assert (out == (1 << 20) - 1).all()


def test_a_lane_missing_from_the_mask_it_gives_is_an_error():
    @jit
    def wrong(x):
        x[cuda.threadIdx.x] = cuda.shfl_sync(0x0000FFFF, x[cuda.threadIdx.x], 0)

    with pytest.raises(
        BarrierError, match=r"16, 0, 0\) and 15 more wait at cuda.shfl_sync.*0x0000ff"
    ):
        wrong[1, 32](np.zeros(32))


@jit
def converged(out):
    t = cuda.threadIdx.x
    if t % 3 == 0:
        out[t] = cuda.activemask()
    elif t % 3 == 1:
        cuda.syncwarp(0x12492492 | 1 << 31)
        out[t] = cuda.activemask()


def test_activemask_has_every_lane_that_can_arrive():
    out = np.zeros(32, np.int64)
    converged[1, 32](out)
    for remainder in (0, 1):
        mask = sum(1 << lane for lane in range(remainder, 32, 3))
        assert (out[remainder::3] == mask).all()
    assert (out[2::3] == 0).all()


@jit
def ordered_by_syncwarp(x):
    shared = cuda.shared.array(32, np.int32)
    t = cuda.threadIdx.x
    shared[t] = t
    cuda.syncwarp()
    value = shared[31 - t]
    cuda.syncwarp()
    shared[t] = value
    cuda.syncwarp(0xFFFFFFFF)
    x[t] = shared[31 - t]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_syncwarp_orders_memory(seed):
    x = np.zeros(32)
    jit(ordered_by_syncwarp.py_func, seed=seed)[1, 32](x)
    assert (x == LANES).all()


@jit
def block_sum(x, out):
    partial = cuda.shared.array(32, np.float32)
    t = cuda.threadIdx.x
    value = x[cuda.grid(1)]
    offset = 16
    while offset > 0:
        value += cuda.shfl_down_sync(0xFFFFFFFF, value, offset)
        offset //= 2
    if cuda.laneid == 0:
        partial[t // 32] = value
    cuda.syncthreads()
    if t < 32:
        value = partial[t]
        offset = 16
        while offset > 0:
            value += cuda.shfl_down_sync(0xFFFFFFFF, value, offset)
            offset //= 2
        if t == 0:
            out[cuda.blockIdx.x] = value


def test_a_reduction_of_warps_and_a_block():
    x = np.random.default_rng(0).integers(-9, 9, 4096).astype(np.float32)
    out = np.zeros(4, np.float32)
    block_sum[4, 1024](x, out)
    assert (out == x.reshape(4, -1).sum(1)).all()
