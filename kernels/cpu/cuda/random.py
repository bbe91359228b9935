"""cuda.random: a random number generator for every thread, xoroshiro128+.

The states are 2^64 steps apart in one sequence, so those of two threads never overlap. See Blackman
and Vigna, "Scrambled linear pseudorandom number generators" (2018); splitmix64 makes the first
state of a seed. Functions have numba.cuda.random's names and give the same bits.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numba.core.types import float32, float64, int64, uint32, uint64
from numba.np.numpy_support import from_dtype

from .api import to_device
from .cudadrv.devicearray import DeviceNDArray

xoroshiro128p_dtype = np.dtype([("s0", np.uint64), ("s1", np.uint64)], align=True)
xoroshiro128p_type = from_dtype(xoroshiro128p_dtype)

_TAU_32, _TAU_64 = np.float32(2 * math.pi), np.float64(2 * math.pi)


@njit
def init_xoroshiro128p_state(states, index, seed):
    """Set a state from a seed: the first number of splitmix64, twice."""
    z = uint64(seed) + uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> uint32(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint32(27))) * uint64(0x94D049BB133111EB)
    z = z ^ (z >> uint32(31))
    states[int64(index)]["s0"] = z
    states[int64(index)]["s1"] = z


@njit
def rotl(x, k):
    """Rotate 64 bits to the left."""
    return (uint64(x) << uint32(k)) | (uint64(x) >> uint32(64 - k))


@njit
def xoroshiro128p_next(states, index):
    """Return 64 random bits and advance the state by one step."""
    index = int64(index)
    s0, s1 = states[index]["s0"], states[index]["s1"]
    result = s0 + s1
    s1 ^= s0
    states[index]["s0"] = rotl(s0, uint32(55)) ^ s1 ^ (s1 << uint32(14))
    states[index]["s1"] = rotl(s1, uint32(36))
    return result


@njit
def xoroshiro128p_jump(states, index):
    """Advance the state by 2^64 steps, by the jump polynomial."""
    index = int64(index)
    s0, s1 = uint64(0), uint64(0)
    for word in (uint64(0xBEAC0467EBA5FACB), uint64(0xD86B048B86AA9922)):
        for bit in range(64):
            if word & (uint64(1) << uint32(bit)):
                s0 ^= states[index]["s0"]
                s1 ^= states[index]["s1"]
            xoroshiro128p_next(states, index)
    states[index]["s0"] = s0
    states[index]["s1"] = s1


@njit
def uint64_to_unit_float64(x):
    """Return the highest 53 bits as a number in [0, 1)."""
    return (uint64(x) >> uint32(11)) * (float64(1) / (uint64(1) << uint32(53)))


@njit
def uint64_to_unit_float32(x):
    """Return the highest 53 bits as a number in [0, 1), rounded to float32."""
    return float32(uint64_to_unit_float64(x))


@njit
def xoroshiro128p_uniform_float32(states, index):
    """Return a float32 in [0, 1) and advance the state by one step."""
    return uint64_to_unit_float32(xoroshiro128p_next(states, index))


@njit
def xoroshiro128p_uniform_float64(states, index):
    """Return a float64 in [0, 1) and advance the state by one step."""
    return uint64_to_unit_float64(xoroshiro128p_next(states, index))


@njit
def xoroshiro128p_normal_float32(states, index):
    """Return a float32 of the normal distribution, by the Box-Muller transform: two steps."""
    u1 = xoroshiro128p_uniform_float32(states, index)
    u2 = xoroshiro128p_uniform_float32(states, index)
    return math.sqrt(-float32(2.0) * math.log(u1)) * math.cos(_TAU_32 * u2)


@njit
def xoroshiro128p_normal_float64(states, index):
    """Return a float64 of the normal distribution, by the Box-Muller transform: two steps.

    As in numba-cuda, its two uniform numbers are float32.
    """
    u1 = xoroshiro128p_uniform_float32(states, index)
    u2 = xoroshiro128p_uniform_float32(states, index)
    return math.sqrt(-float64(2.0) * math.log(u1)) * math.cos(_TAU_64 * u2)


@njit
def _fill(states, seed, subsequence_start):
    init_xoroshiro128p_state(states, 0, seed)
    for _ in range(subsequence_start):
        xoroshiro128p_jump(states, 0)
    for i in range(1, states.shape[0]):
        states[i] = states[i - 1]
        xoroshiro128p_jump(states, i)


def init_xoroshiro128p_states(
    states: DeviceNDArray, seed: int, subsequence_start: int = 0, stream: Any = 0
) -> None:
    """Set the states of generators, each 2^64 steps after the one before.

    The first is `subsequence_start` times 2^64 steps into the sequence of the seed.
    """
    made = np.empty(states.shape, xoroshiro128p_dtype)
    if made.size:
        _fill(made, np.uint64(seed), np.uint64(subsequence_start))
    states.copy_to_device(made, stream)


def create_xoroshiro128p_states(
    n: int, seed: int, subsequence_start: int = 0, stream: Any = 0
) -> DeviceNDArray:
    """Return the states of n generators, in device memory."""
    states = to_device(np.empty(n, xoroshiro128p_dtype), stream)
    init_xoroshiro128p_states(states, seed, subsequence_start, stream)
    return states
