"""Numbers under debug have the values that compiled code gives, to the bit."""

import math

import numpy as np
import pytest
from numba import float32, njit, uint32

from crosscheck.kernels.cpu import cuda, jit, modes

pytest.importorskip("greenlet")

SCALE = np.float32(1.5)
TABLE = np.arange(4, dtype=np.int32)


def test_integers_have_64_bits(both):
    @jit
    def integers(small, unsigned, n, out):
        out[0] = small[0] + small[0]
        out[1] = small[0] * 3 - 1
        out[2] = unsigned[0] + unsigned[0]
        out[3] = unsigned[0] * n
        out[4] = -unsigned[0]
        out[5] = ~small[0] - (-small[0])
        out[6] = small[0] << 8
        out[7] = n * 0x7FFFFFFFFFFFFFF
        out[8] = 1 << cuda.laneid + 40
        out[9] = np.int32(small[0]) * np.int32(n)
        out[10] = uint32(-1) + uint32(1)
        out[11] = len(small) + int(3.7) + abs(-small[0])

    large = np.full(1, 2**31 - 1, np.int32), np.full(1, 2**32 - 1, np.uint32)
    both(integers, 1, 1, *large, 77, np.zeros(12, np.int64))


def test_what_is_stored_wraps_around(both):
    @jit
    def store(narrow, n):
        narrow[0] = 300
        narrow[1] = n
        narrow[2] = -1

    both(store, 1, 1, np.zeros(3, np.uint8), 1000)


def test_floats_keep_their_width(both):
    @jit
    def floats(x, a, b, out):
        total = 0.0
        for k in range(x.size):
            total += x[k]  # a float64
        out[0] = total
        out[1] = a * x[0] * x[1]
        out[2] = b * x[0] * x[1]
        out[3] = SCALE * x[2] * x[0]
        out[4] = float32(b) * x[2] * x[0]
        out[5] = float(x[0]) / 3
        out[6] = x[0] * cuda.threadIdx.x + x[1] / (cuda.threadIdx.x + 3)

    x = np.random.default_rng(1).random(7, np.float32)
    both(floats, 1, 1, x, np.float32(0.3), 0.3, np.zeros(7))


def test_what_has_no_value_raises_nothing(both):
    @jit
    def undefined(x, i, out):
        out[0] = x[0] / x[1]
        out[1] = math.sqrt(-x[0])
        out[2] = math.log(x[1])
        out[3] = max(x[0], out[1])
        out[4] = i[0] // i[1]
        out[5] = i[0] % i[1]
        out[6] = round(x[0] * float32(2.5), 1)

    both(undefined, 1, 1, np.array([1, 0], np.float32), np.array([1, 0], np.int32), np.zeros(7))


def test_functions_have_the_bits_of_compiled_code(both):
    @jit
    def functions(x, out):
        i = cuda.grid(1)
        out[i, 0] = math.exp(x[i])
        out[i, 1] = math.erf(x[i]) + math.tanh(x[i])
        out[i, 2] = cuda.libdevice.rsqrtf(x[i])
        out[i, 3] = cuda.libdevice.sincosf(x[i])[1]
        out[i, 4] = cuda.popc(cuda.libdevice.float_as_int(x[i]))
        out[i, 5] = cuda.clz(cuda.libdevice.float_as_int(x[i]))
        out[i, 6] = cuda.fma(x[i], x[i], -x[i])
        out[i, 7] = cuda.fp16.hsin(np.float16(x[i]))

    x = np.random.default_rng(2).random(16, np.float32)
    both(functions, 1, 16, x, np.zeros((16, 8), np.float32))


def test_atomics(both):
    @jit
    def atomics(ints, floats):
        i = cuda.grid(1)
        cuda.atomic.add(ints, 0, i)
        cuda.atomic.max(ints, 1, i)
        cuda.atomic.or_(ints, 2, 1 << i)
        cuda.atomic.inc(ints, 3, 5)
        cuda.atomic.exch(ints, 4, 7)
        cuda.atomic.cas(ints, 5, 2, 3)
        cuda.atomic.sub(ints, 6, 1)
        cuda.atomic.add(floats, (0, 1), 0.1)
        cuda.atomic.nanmin(floats, (1, 0), -i)

    floats = np.array([[0, 0], [np.nan, 0]], np.float32)
    both(atomics, 1, 12, np.array([0, 0, 0, 0, 0, 2, 0], np.uint32), floats)


def test_records_vectors_local_and_constant_arrays(both):
    @jit
    def memory(particles, out):
        i = cuda.grid(1)
        own = cuda.local.array(3, np.float64)
        table = cuda.const.array_like(TABLE)
        for k in range(3):
            own[k] = particles[i].mass * table[k + 1]
        v = cuda.float32x3(cuda.float32x2(own[0], own[1]), own[2])
        particles[i]["charge"] = v.x + v.y * v.z
        out[i] = TABLE[i]

    particles = np.zeros(4, np.dtype([("mass", np.float32), ("charge", np.int64)], align=True))
    particles["mass"] = [0.5, 1.5, 2.5, 3.5]
    both(memory, 1, 4, particles, np.zeros(4))


def test_functions_of_the_host_and_of_kernels_are_stepped_into(both):
    @njit
    def polynomial(x):
        return x * x + uint32(3)

    @jit(device=True)
    def factorial(n):
        return 1 if n < 2 else n * factorial(n - 1)

    @jit
    def call(out):
        i = cuda.grid(1)
        out[i] = polynomial(i) + factorial(i)

    both(call, 1, 8, np.zeros(8, np.int64))


def test_random_numbers(both):
    from crosscheck.kernels.cpu.cuda import random

    @jit
    def draw(states, out):
        i = cuda.grid(1)
        out[i] = random.xoroshiro128p_uniform_float32(states, i)

    states = random.create_xoroshiro128p_states(4, seed=1).copy_to_host()
    both(draw, 1, 4, states, np.zeros(4, np.float32))


def test_undefined_memory_shows():
    @jit
    def read(out):
        out[0] = cuda.local.array(1, np.float32)[0]
        out[1] = cuda.shared.array(1, np.int32)[0]

    out = np.zeros(2)
    with modes.using(debug=True):
        read[1, 1](out)
    assert math.isnan(out[0]) and out[1] == -1


def test_signatures_cast_and_device_arrays_are_written():
    @jit("void(float32[:], int32)")
    def write(x, n):
        x[0] = n

    x = cuda.to_device(np.zeros(1, np.float32))
    with modes.using(debug=True):
        write[1, 1](x, 2**32 + 3)
        with pytest.raises(TypeError, match="write takes 2 arguments; 1 were given"):
            write[1, 1](x)
    assert x.copy_to_host()[0] == 3


def test_the_kernels_own_debug_is_numbas_option():
    @jit(debug=True, opt=False)
    def divide(x):
        x[0] = 1 // x[1]

    with pytest.raises(ZeroDivisionError):
        divide[1, 1](np.zeros(2, np.int64))
    assert not modes.current().debug
