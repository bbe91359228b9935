"""cuda.random: the sequence, its jumps and its distributions."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda import random

MASK = 2**64 - 1


def reference(seed, count):
    """xoroshiro128+ after splitmix64 in Python's integers."""
    z = (seed + 0x9E3779B97F4A7C15) & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    s0 = s1 = z ^ z >> 31
    for _ in range(count):
        yield (s0 + s1) & MASK
        s1 ^= s0
        s0 = ((s0 << 55 | s0 >> 9) & MASK) ^ s1 ^ (s1 << 14 & MASK)
        s1 = (s1 << 36 | s1 >> 28) & MASK


@cuda.jit
def draw(states, out):
    for i in range(out.shape[0]):
        out[i] = random.xoroshiro128p_next(states, 0)


@pytest.mark.parametrize("seed", [0, 1, 2**63 + 5])
def test_the_sequence_is_xoroshiro128_plus(seed):
    out = np.zeros(50, np.uint64)
    draw[1, 1](random.create_xoroshiro128p_states(1, seed), out)
    assert out.tolist() == list(reference(seed, 50))


def step_matrix():
    """xoroshiro128+'s step, which is linear: column b is what bit b of (s0, s1) alone becomes."""
    matrix = np.zeros((128, 128), np.int64)
    for bit in range(128):
        s0, s1 = (1 << bit) & MASK, 1 << bit >> 64
        s1 ^= s0
        s0 = ((s0 << 55 | s0 >> 9) & MASK) ^ s1 ^ (s1 << 14 & MASK)
        s1 = (s1 << 36 | s1 >> 28) & MASK
        matrix[:, bit] = [(s0 | s1 << 64) >> row & 1 for row in range(128)]
    return matrix


def test_a_jump_is_2_to_the_64_steps():
    jump = step_matrix()
    for _ in range(64):
        jump = jump @ jump % 2
    first, second = random.create_xoroshiro128p_states(2, seed=9).copy_to_host()
    before, after = (int(s["s0"]) | int(s["s1"]) << 64 for s in (first, second))
    bits = jump @ [before >> row & 1 for row in range(128)] % 2
    assert sum(int(bit) << row for row, bit in enumerate(bits)) == after


def test_states_follow_each_other_and_a_subsequence_begins_later():
    states = random.create_xoroshiro128p_states(6, seed=3).copy_to_host()
    assert len(np.unique(states["s0"])) == 6
    later = random.create_xoroshiro128p_states(4, seed=3, subsequence_start=2)
    assert (later.copy_to_host() == states[2:]).all()


@pytest.mark.parametrize("bits", [32, 64])
def test_distributions(bits):
    uniform = getattr(random, f"xoroshiro128p_uniform_float{bits}")
    normal = getattr(random, f"xoroshiro128p_normal_float{bits}")

    @cuda.jit
    def fill(states, u, z):
        i = cuda.grid(1)
        for k in range(u.shape[1]):
            u[i, k] = uniform(states, i)
            z[i, k] = normal(states, i)

    u, z = np.zeros((2, 64, 1000))
    fill[1, 64](random.create_xoroshiro128p_states(64, seed=1), u, z)
    assert 0 <= u.min() and u.max() <= 1
    n = u.size
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * n)
    assert abs(z.mean()) < 4 / np.sqrt(n)
    assert abs(z.var() - 1) < 4 * np.sqrt(2 / n)
