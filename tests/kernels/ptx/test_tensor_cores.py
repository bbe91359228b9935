"""mma and what feeds it: the documented layouts, and sums exact or cut as a model says."""

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.launch import cuda, debugged, index, kernel
from crosscheck.kernels.ptx import load_transposed, mma_bf16, mma_f16, mma_tf32, to_tf32

TERMS = {"tf32": 8, "f16": 16, "bf16": 16}
RANDOM = np.random.default_rng(14)


def multiplier(mma):
    @kernel
    def multiply(a, b, c, d):
        """a (warps, 4, 32), b (warps, 2, 32) words, c and d (warps, 4, 32): a fragment a warp."""
        lane = cuda.threadIdx.x % 32
        warp = cuda.blockIdx.x * (cuda.blockDim.x // 32) + cuda.threadIdx.x // 32
        acc = cuda.local.array((2, 4), np.float32)
        rows = cuda.local.array(4, np.uint32)
        columns = cuda.local.array(4, np.uint32)
        for i in range(4):
            acc[1, i] = c[warp, i, lane]
            rows[i] = a[warp, i, lane]
        columns[2] = b[warp, 0, lane]
        columns[3] = b[warp, 1, lane]
        mma(acc[1], rows, columns, 2)
        for i in range(4):
            d[warp, i, lane] = acc[1, i]

    return multiply


MULTIPLY = {"tf32": multiplier(mma_tf32), "f16": multiplier(mma_f16), "bf16": multiplier(mma_bf16)}


def words(numbers, kind):
    """Numbers along the last axis as words: each a float32, or two neighbours of 16 bits."""
    if kind == "tf32":
        return numbers.astype(np.float32).view(np.uint32)
    if kind == "f16":
        return numbers.astype(np.float16).view(np.uint32)
    return (numbers.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint32)


def lanes():
    return np.arange(32) // 4, np.arange(32) % 4


def product(A, B, C, kind):
    """A (16, k) B (k, 8) + C by a warp's mma, through fragments as the documentation has them."""
    g, t = lanes()
    a, b = words(A, kind), words(np.ascontiguousarray(B.T), kind).T
    rows = np.stack([a[g, t], a[g + 8, t], a[g, t + 4], a[g + 8, t + 4]])
    columns = np.stack([b[t, g], b[t + 4, g]])
    c = np.stack([C[g, 2 * t], C[g, 2 * t + 1], C[g + 8, 2 * t], C[g + 8, 2 * t + 1]])
    d = np.zeros((1, 4, 32), np.float32)
    MULTIPLY[kind][1, 32](rows[None], columns[None], c[None].astype(np.float32), d)
    D = np.empty((16, 8), np.float32)
    for i in range(4):
        D[g + i // 2 * 8, 2 * t + i % 2] = d[0, i]
    return D


@pytest.mark.parametrize("kind", TERMS)
@pytest.mark.parametrize("model", ["h100", "a100", "exact"])
def test_integers_are_exact(kind, model):
    k = TERMS[kind]
    A, B, C = (RANDOM.integers(-9, 10, shape) for shape in ((16, k), (k, 8), (16, 8)))
    with modes.using(mma=model):
        np.testing.assert_array_equal(product(A, B, C, kind), A @ B + C)


@pytest.mark.parametrize("kind", TERMS)
def test_two_warps_of_a_block_do_not_meet(kind):
    """Under a seed one of them may come while lanes of the other still are on their way."""
    a, b = (
        RANDOM.integers(-9, 10, (4, n, 32, TERMS[kind] // 8)).astype(np.float32) for n in (4, 2)
    )
    given = [words(x, kind)[..., 0] for x in (a, b)]
    d, alone = np.zeros((2, 4, 4, 32), np.float32)
    MULTIPLY[kind][4, 32](*given, np.zeros_like(d), alone)
    for seed in (None, 1, 2, 3):
        with modes.using(seed=seed):
            MULTIPLY[kind][2, 64](*given, np.zeros_like(d), d)
        np.testing.assert_array_equal(d, alone)
        assert d.any()


# Accumulator 1, and products that are all 2^-n: what is left of their sum, in units of 2^-23.
CUT = {
    ("tf32", "h100"): {23: 8, 24: 4, 25: 2, 26: 0},
    ("tf32", "a100"): {23: 8, 24: 4, 25: 0, 26: 0},
    ("tf32", "exact"): {23: 8, 24: 4, 25: 2, 26: 1},
    ("f16", "h100"): {23: 16, 24: 8, 25: 4, 26: 0},
    ("f16", "a100"): {23: 16, 24: 8, 25: 0, 26: 0},
    ("bf16", "exact"): {24: 8, 25: 4, 26: 2, 27: 1},
}


@pytest.mark.parametrize("kind, model", CUT)
def test_small_products_are_cut_off_beside_a_large_accumulator(kind, model):
    k = TERMS[kind]
    for n, kept in CUT[kind, model].items():
        A, B = np.full((16, k), 2.0**-14), np.full((k, 8), 2.0 ** (14 - n))
        with modes.using(mma=model):
            made = product(A, B, np.ones((16, 8)), kind)
        np.testing.assert_array_equal((made.astype(np.float64) - 1) * 2**23, kept)


def test_each_product_is_cut_off_by_itself():
    """Products of 1.75 units beside an accumulator of 1: a unit is 2^-25, one is left of each."""
    for sign in (1, -1):
        A = np.full((16, 8), sign * 1.75 * 2.0**-25)
        made = product(A, np.ones((8, 8)), np.ones((16, 8)), "tf32")
        np.testing.assert_array_equal(made, np.float32(1 + sign * 8 * 2.0**-25))


def test_the_a100_adds_tf32_in_blocks_of_four():
    A, B, C = np.zeros((16, 8)), np.ones((8, 8)), np.zeros((16, 8))
    A[:, 0], A[:, 3], A[:, 4] = 2.0**30, -(2.0**30), 1
    for model, small in (("a100", 1), ("h100", 0)):
        with modes.using(mma=model):  # the 1 is in the block of 2^30, or behind it
            np.testing.assert_array_equal(product(A, B, C, "tf32"), small)
    A[:, 0], A[:, 3], A[:, 1], A[:, 4] = 2.0**30, 0, 1, -(2.0**30)
    with modes.using(mma="a100"):  # the 1 is cut off in the first block
        np.testing.assert_array_equal(product(A, B, C, "tf32"), 0)
    with modes.using(mma="exact"):
        np.testing.assert_array_equal(product(A, B, C, "tf32"), 1)


def test_sums_are_cut_toward_zero():
    A, B, C = np.zeros((16, 8)), np.ones((8, 8)), np.zeros((16, 8))
    A[:, 0], A[:8, 1], A[8:, 1] = 1, 1.5 * 2.0**-24, -(2.0**-25)
    made = product(A, B, C, "tf32")
    np.testing.assert_array_equal(made[:8], 1)
    np.testing.assert_array_equal(made[8:], np.float32(1 - 2.0**-24))
    np.testing.assert_array_equal(product(-A, B, C, "tf32"), -made)


def test_an_exponent_is_the_sum_of_the_factors_exponents():
    """1.5 x 1.5 = 2.25 counts as 2^0: one bit more of a small product is kept beside it."""
    A, B, C = np.zeros((16, 8)), np.zeros((8, 8)), np.zeros((16, 8))
    A[:, 0], B[0], A[:, 1], B[1], C[:] = 1.5, 1.5, 1, 2.0**-25, -2.25
    np.testing.assert_array_equal(product(A, B, C, "tf32"), 0)  # C has exponent 1
    C[:], A[:, 2], B[2] = 0, 1.5, -1.5
    np.testing.assert_array_equal(product(A, B, C, "tf32"), 2.0**-25)


@pytest.mark.parametrize("kind, least", [("f16", -24), ("bf16", -133), ("tf32", -136)])
def test_subnormal_operands_and_results_count(kind, least):
    k = TERMS[kind]
    A, B, C = np.zeros((16, k)), np.zeros((k, 8)), np.zeros((16, 8))
    A[:, 1], B[1] = 2.0**least, 1
    A[:, k - 1], B[k - 1] = 1, 3 * 2.0**least
    np.testing.assert_array_equal(product(A, B, C, kind), np.float32(4 * 2.0**least))


def test_the_low_bits_of_a_tf32_operand_are_not_read():
    A, B = np.full((16, 8), 1 + 2.0**-11), np.full((8, 8), 1 - 2.0**-12)
    expected = 8 * (1 - 2.0**-11)
    np.testing.assert_array_equal(product(A, B, np.zeros((16, 8)), "tf32"), expected)


@pytest.mark.parametrize("kind", TERMS)
@pytest.mark.parametrize("model", ["h100", "a100", "exact"])
def test_nan_and_inf_are_as_in_any_sum(kind, model):
    k = TERMS[kind]
    A, B, C = np.ones((16, k)), np.ones((k, 8)), np.zeros((16, 8))
    A[0, 3], A[1, 2], A[2, 1], A[3, :2] = np.nan, np.inf, -np.inf, (np.inf, -np.inf)
    C[4], C[5], C[6] = np.nan, np.inf, -np.inf
    A[6, k - 1] = np.inf
    B[2, 0] = 0  # 0 times Inf
    with modes.using(mma=model), np.errstate(invalid="ignore"):
        made, expected = product(A, B, C, kind), A @ B + C
    np.testing.assert_array_equal(made, expected)
    assert (made.view(np.uint32)[np.isnan(made)] == 0x7FFFFFFF).all()


@kernel
def round_words(x, y):
    i = cuda.threadIdx.x
    y[i] = to_tf32(x[i])


def test_to_tf32_rounds_to_nearest_and_ties_away():
    given = np.array([1, 1 + 2**-11, -1 - 2**-11, 1 + 2**-11 - 2**-23, 2**-149, np.inf], np.float32)
    nan = np.array([0xFFC01234], np.uint32)
    x, y = np.concatenate([given.view(np.uint32), nan]), np.zeros(7, np.uint32)
    round_words[1, 7](x, y)
    rounded = np.array([1, 1 + 2**-10, -1 - 2**-10, 1, 0, np.inf], np.float32)
    np.testing.assert_array_equal(y[:6], rounded.view(np.uint32))
    assert y[6] == nan[0]


@kernel
def transpose(x, y, turn):
    """x (32, 4), y (4, 32): four matrices of 8 x 8; matrix m is that of the lanes 8 m + `turn`."""
    tile = cuda.shared.array((32, 4), np.uint32, alignment=16)
    lane = index(cuda.threadIdx.x)
    for i in range(4):
        tile[lane, i] = x[lane, i]
    cuda.syncwarp()
    words = cuda.local.array((2, 4), np.uint32)
    load_transposed(words[1], tile, np.int64((lane + index(turn)) % 32))
    for i in range(4):
        y[i, lane] = words[1, i]


@pytest.mark.parametrize("turn", [0, 8, 13])
def test_load_transposed(turn):
    x = RANDOM.integers(0, 2**32, (32, 4), dtype=np.uint32)
    y = np.zeros((4, 32), np.uint32)
    transpose[1, 32](x, y, turn)
    rows = np.roll(x, -turn, axis=0).view(np.uint16).reshape(4, 8, 8)  # matrix, row, column
    g, t = lanes()
    for m in range(4):
        pair = np.stack([rows[m, 2 * t, g], rows[m, 2 * t + 1, g]], axis=1)
        np.testing.assert_array_equal(y[m], pair.copy().view(np.uint32)[:, 0])


@pytest.mark.parametrize("kind", TERMS)
def test_mma_in_the_debugger(kind):
    pytest.importorskip("greenlet")
    k = TERMS[kind]
    A, B, C = (RANDOM.integers(-9, 10, shape) for shape in ((16, k), (k, 8), (16, 8)))
    with debugged():
        np.testing.assert_array_equal(product(A, B, C, kind), A @ B + C)


def test_load_transposed_in_the_debugger():
    pytest.importorskip("greenlet")
    x = RANDOM.integers(0, 2**32, (32, 4), dtype=np.uint32)
    y, compiled = np.zeros((2, 4, 32), np.uint32)
    transpose[1, 32](x, compiled, 9)
    with debugged():
        transpose[1, 32](x, y, 9)
    np.testing.assert_array_equal(y, compiled)


def _ptx(run):
    (launch,) = launches.launched(run)
    return gpu.compile_for(launch.kernel, launch.arguments, (9, 0)).ptx


@pytest.mark.parametrize("kind", TERMS)
def test_a_gpu_multiplies_in_one_instruction(kind):
    k = TERMS[kind]
    ptx = _ptx(lambda: product(np.ones((16, k)), np.ones((k, 8)), np.ones((16, 8)), kind))
    assert ptx.count(f"mma.sync.aligned.m16n8k{k}.row.col.f32.{kind}.{kind}.f32") == 1
    assert ".local" not in ptx


def test_a_gpu_transposes_in_one_instruction():
    x, y = np.zeros((32, 4), np.uint32), np.zeros((4, 32), np.uint32)
    ptx = _ptx(lambda: transpose[1, 32](x, y, 0))
    assert ptx.count("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16") == 1
    assert "cvt.rna.tf32.f32" in _ptx(lambda: round_words[1, 7](x[:, 0].copy(), y[0]))
