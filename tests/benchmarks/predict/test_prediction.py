"""Predictions of three kernels on a made-up GPU with round figures, against hand-made ones."""

from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.prediction import floors_of, time_of
from crosscheck.benchmarks.predict.sample import sample
from crosscheck.benchmarks.predict.work import Work
from crosscheck.kernels.inspect import inspection
from crosscheck.kernels.launch import cuda, index, kernel, real

# 10 SMs at 1 GHz: of an SM 128 lanes of FMAs on (9, 0), 64 on (8, 0).
ROUND = Gpu("round", (9, 0), 10, 1e9, 1e11, 0)
HALF = Gpu("half the lanes", (8, 0), 10, 1e9, 1e11, 0)


def predicted(run, gpu, multiply_adds=0.0, read=0.0, written=0.0):
    """Return the least time and the floors of what `run` launches."""
    needed = Work(multiply_adds, multiply_adds, read, written)
    floors = floors_of(sample(run, gpu), multiply_adds, gpu)
    return time_of(floors, needed, gpu), floors


@kernel
def copy(x, y):
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        y[i] = x[i]


def test_a_copy_takes_its_bytes_over_the_bandwidth():
    x = np.zeros(2**20, np.float32)
    y = np.empty_like(x)
    time, (floor,) = predicted(lambda: copy.forall(x.size)(x, y), ROUND, 0, x.nbytes, y.nbytes)
    assert time.bound == "DRAM"
    assert time.microseconds == pytest.approx(2 * 2**20 * 4 / 1e11 * 1e6)
    # 4096 blocks of 8 warps: a load and a store each, of a line of 128 bytes.
    assert floor.accesses == floor.passes == 4096 * 8 * 2
    assert floor.sectors == 4096 * 8 * 2 * 4
    assert floor.cycles["load/store"] == 410 * 8 * 2  # of one SM; blocks are whole
    assert floor.instructions >= 4096 * 8 * 4


def test_a_last_block_that_is_partly_empty_does_not_count():
    x = np.zeros(41 * 256 - 1, np.float32)
    _, (floor,) = predicted(lambda: copy.forall(x.size)(x, np.empty_like(x)), ROUND)
    assert floor.blocks == 41 and floor.accesses == 40 * 8 * 2


def test_what_is_written_may_stay_in_the_l2_cache():
    x = np.zeros(2**20, np.float32)
    y = np.empty_like(x)
    gpu = Gpu("with L2", (9, 0), 10, 1e9, 1e11, 2**20)
    time, _ = predicted(lambda: copy.forall(x.size)(x, y), gpu, 0, x.nbytes, y.nbytes)
    assert time.by_resource["DRAM"] == pytest.approx(7 * 2**20 / 1e11 * 1e6)


CHAINS = 32


@kernel
def multiply(x, y, turns):
    """Independent chains of multiply-adds in registers, and nothing else."""
    i = index(cuda.grid(1))
    a, b = x[i], real(1)
    sums = cuda.local.array(CHAINS, real)
    for k in range(CHAINS):
        sums[k] = real(k)
    for _ in range(turns):
        for k in range(CHAINS):
            sums[k] = sums[k] * a + b
    total = real(0)
    for k in range(CHAINS):
        total += sums[k]
    y[i] = total


@pytest.mark.parametrize(("gpu", "bound"), [(ROUND, "issue"), (HALF, "FMA")])
def test_a_loop_of_multiply_adds_takes_its_instructions_or_its_lanes(gpu, bound):
    blocks, threads, turns = 100, 256, 4000
    x = np.full(blocks * threads, 0.5, np.float32)
    y = np.empty_like(x)

    def run():
        multiply[blocks, threads](x, y, turns)

    multiply_adds = float(x.size * turns * CHAINS)
    time, (floor,) = predicted(run, gpu, multiply_adds)
    assert time.bound == bound
    at_peak = multiply_adds / (gpu.ffma / 2) * 1e6
    (launch,) = [each.launch for each in sample(run, gpu)]
    loop = inspection.inspect(launch, gpu.capability).mix.loop
    # What surrounds the loop is below two thousandths.
    slower = 1.0 if bound == "FMA" else loop.per_fma
    assert slower <= time.microseconds / at_peak <= 1.002 * slower
    assert 1.0 < loop.per_fma < 1.15


def columns_of(width):
    words = 32 * width

    @kernel
    def read_columns(y, turns, step):
        """turns: 32; step: 1, which the compiler does not know: else it merges four loads."""
        tile = cuda.shared.array(words, real)
        t = index(cuda.threadIdx.x)
        for k in range(32):
            tile[index(k * width) + t] = real(k)
        cuda.syncthreads()
        total = real(0)
        for k in range(turns):
            total += tile[t * width + step * index(k)]
        y[index(cuda.grid(1))] = total

    return read_columns


@pytest.mark.parametrize(("width", "passes"), [(32, 32), (33, 1)])
def test_a_bank_conflict_of_32_ways_takes_32_passes(width, passes):
    read_columns, y = columns_of(width), np.empty(320, np.float32)
    time, (floor,) = predicted(lambda: read_columns[10, 32](y, 32, 1), ROUND)
    # A warp on each SM: 32 stores, the loads of the 31 numbers that a thread did not store itself,
    # and a store to global memory.
    assert floor.cycles["shared"] == pytest.approx(32 + 31 * passes + 1)
    assert floor.cycles["issue"] == floor.instructions / 10  # of one warp, not a quarter of it
    assert (time.bound == "shared") == (passes == 32)
    if passes == 32:
        assert time.microseconds == pytest.approx((32 + 31 * 32 + 1) / 1e9 * 1e6)


def test_loads_that_the_compiler_merges_count_as_one():
    y = np.empty(320, np.float32)

    @kernel
    def merged(y):
        tile = cuda.shared.array(1024, real)
        t = index(cuda.threadIdx.x)
        for k in range(32):
            tile[index(k * 32) + t] = real(k)
        cuda.syncthreads()
        total = real(0)
        for k in range(32):
            total += tile[t * 32 + index(k)]
        y[index(cuda.grid(1))] = total

    _, (floor,) = predicted(lambda: merged[10, 32](y), ROUND)
    assert floor.cycles["shared"] == 32 + 8 * 32 + 1  # a bank has the words of 32 lanes, still


def test_the_launch_with_the_most_multiply_adds_has_all_of_them():
    x, z = np.zeros(2**14, np.float32), np.empty(2**14, np.float32)

    def run():
        copy.forall(x.size)(x, z)
        multiply[64, 256](x, z, 10)

    time, (first, second) = predicted(run, ROUND, 1e9)
    assert first.fmas == 0 and second.fmas >= 1e9 / 32
    assert time.microseconds >= 1e9 / 128 / 10 / 1e9 * 1e6


def test_kernels_follow_each_other_and_dram_runs_beside_them():
    def floor(issue, shared):
        cycles = {"issue": issue, "FMA": 0.0, "load/store": 0.0, "shared": shared}
        return SimpleNamespace(cycles=cycles, most=max(cycles.values()), l2_bytes=1e3)

    floors = [floor(3e3, 1e3), floor(1e3, 5e3)]
    time = time_of(floors, Work(0, 0, 5e5, 0), ROUND)
    assert time.microseconds == pytest.approx(3 + 5) and time.bound == "shared"
    assert time.by_resource["issue"] == pytest.approx(4)
    assert time_of(floors, Work(0, 0, 1e6, 0), ROUND)[:2] == pytest.approx((10, "DRAM"), abs=1e-9)
    known = Gpu("L2 known", (9, 0), 10, 1e9, 1e11, 0, 1e8)
    assert time_of(floors, Work(0, 0, 5e5, 0), known)[:2] == (pytest.approx(20), "L2")
