"""cuda.atomic: every operation, across blocks on several cores, with its old value returned."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def add_all(x, total):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(total, 0, x[i])


@pytest.mark.parametrize(
    "dtype", [np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64]
)
def test_add_loses_nothing_across_cores(dtype):
    x = np.ones(200_000, dtype)
    total = np.zeros(1, dtype)
    add_all[-(-x.size // 256), 256](x, total)
    assert total[0] == x.size


@jit
def extrema(x, largest, smallest):
    i = cuda.grid(1)
    cuda.atomic.max(largest, (1, 2), x[i])
    cuda.atomic.min(smallest, (0, 1), x[i])


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.float32, np.float64])
def test_max_and_min(dtype):
    x = np.random.default_rng(0).permutation(8192).astype(dtype)
    if np.dtype(dtype).kind != "u":
        x -= 4096
    largest, smallest = np.full((2, 3), x[0]), np.full((2, 3), x[0])
    extrema[32, 256](x, largest, smallest)
    assert largest[1, 2] == x.max() and smallest[0, 1] == x.min()
    assert (np.delete(largest.ravel(), 5) == x[0]).all()


def test_unsigned_max_does_not_compare_as_signed():
    x = np.array([1, 2**32 - 1], np.uint32)
    largest, smallest = np.full((2, 3), x[0]), np.full((2, 3), x[0])
    extrema[1, 2](x, largest, smallest)
    assert largest[1, 2] == 2**32 - 1


@pytest.mark.parametrize("memory, value", [(np.nan, 3.0), (3.0, np.nan)])
def test_nan_keeps_the_value_in_memory_as_in_numba_cuda(memory, value):
    largest, smallest = np.full((2, 3), memory), np.full((2, 3), memory)
    extrema[1, 1](np.array([value]), largest, smallest)
    np.testing.assert_equal([largest[1, 2], smallest[0, 1]], [memory, memory])


@jit
def tickets(counter, order):
    ticket = cuda.atomic.add(counter, 0, 1)
    order[ticket] = cuda.grid(1)


def test_add_returns_the_old_value():
    counter, order = np.zeros(1, np.int32), np.full(4096, -1)
    tickets[16, 256](counter, order)
    assert counter[0] == 4096
    assert (np.sort(order) == np.arange(4096)).all()


@jit
def first_wins(owner, seen):
    i = cuda.grid(1)
    seen[i] = cuda.atomic.cas(owner, 0, 0, i + 1)


def test_cas_lets_one_thread_win():
    owner, seen = np.zeros(1, np.int64), np.full(4096, -1)
    first_wins[16, 256](owner, seen)
    winner = owner[0] - 1
    assert seen[winner] == 0
    assert (np.delete(seen, winner) == owner[0]).all()


def test_cas_takes_integers_only_as_in_numba_cuda():
    with pytest.raises(Exception, match="cas is given .* expected an array of int32"):
        first_wins[1, 1](np.zeros(1), np.zeros(1))


def test_narrow_integers_are_refused_as_no_gpu_has_them():
    with pytest.raises(Exception, match="add is given .* expected an array of int32"):
        add_all[1, 1](np.zeros(1, np.int16), np.zeros(1, np.int16))


_SIGNED, _UNSIGNED = [np.int32, np.int64], [np.uint32, np.uint64]
_FLOATS = [np.float32, np.float64]
_NUMBERS = [*_SIGNED, *_UNSIGNED, *_FLOATS]


def one(name):
    """Return a kernel of one thread that calls cuda.atomic.<name> once."""
    scope = {"cuda": cuda}
    source = f"def one(x, v, old):\n    old[0] = cuda.atomic.{name}(x, 1, v[0])\n"
    exec(source, scope)
    return jit(scope["one"])


def cases():
    nan, last = np.nan, -1  # of an unsigned dtype, -1 is the largest number
    every = {
        "sub": (_NUMBERS, [(7, 3, 4)]),
        "exch": (_SIGNED + _UNSIGNED, [(7, 3, 3)]),
        "and_": (_SIGNED + _UNSIGNED, [(0b1100, 0b1010, 0b1000)]),
        "or_": (_SIGNED + _UNSIGNED, [(0b1100, 0b1010, 0b1110)]),
        "xor": (_SIGNED + _UNSIGNED, [(0b1100, 0b1010, 0b0110)]),
        "inc": (_UNSIGNED, [(0, 3, 1), (2, 3, 3), (3, 3, 0), (9, 3, 0), (last, 3, 0), (0, 0, 0)]),
        "dec": (_UNSIGNED, [(3, 5, 2), (0, 5, 5), (6, 5, 5), (5, 5, 4), (last, 5, 5), (0, 0, 0)]),
        "nanmax": (_NUMBERS, [(3, 4, 4), (4, 3, 4)]),
        "nanmin": (_NUMBERS, [(3, 4, 3), (4, 3, 3)]),
    }
    for name, (dtypes, values) in every.items():
        for dtype in dtypes:
            for memory, value, after in values:
                yield name, dtype, memory, value, after
    for name in ("nanmax", "nanmin"):
        for dtype in _FLOATS:
            yield name, dtype, nan, 3, 3
            yield name, dtype, 3, nan, 3
            yield name, dtype, nan, nan, nan


@pytest.mark.parametrize("name", sorted({name for name, *_ in cases()}))
def test_operations(name):
    kernel = one(name)
    for _, dtype, memory, value, after in (case for case in cases() if case[0] == name):
        x, v, old = (np.array([n] * 3).astype(dtype) for n in (memory, value, 0))
        kernel[1, 1](x, v, old)
        expected = np.array([memory, after, memory]).astype(dtype)
        np.testing.assert_array_equal(x, expected, f"{name} {dtype.__name__} {memory} {value}")
        np.testing.assert_array_equal(old[0], np.array(memory).astype(dtype), "the old value")


@pytest.mark.parametrize("name", ["and_", "or_", "xor", "exch", "inc", "dec"])
def test_floats_are_refused_where_numba_cuda_refuses_them(name):
    x = np.ones(2, np.float32)
    with pytest.raises(Exception, match=rf"cuda\.atomic\.{name} is given .*float32"):
        one(name)[1, 1](x, x, x)


@pytest.mark.parametrize("name", ["inc", "dec"])
def test_inc_and_dec_take_unsigned_integers_only(name):
    x = np.ones(2, np.int32)
    with pytest.raises(Exception, match="expected an array of uint32, uint64"):
        one(name)[1, 1](x, x, x)


@jit
def ring(head, seen):
    seen[cuda.grid(1)] = cuda.atomic.inc(head, 0, 63)


def test_inc_wraps_around_across_cores():
    head, seen = np.zeros(1, np.uint32), np.zeros(4096, np.uint32)
    ring[16, 256](head, seen)
    assert head[0] == 0
    assert (np.bincount(seen) == 64).all()


@jit
def swap_first(x, old):
    old[0] = cuda.atomic.compare_and_swap(x, -99, 5)
    old[1] = cuda.atomic.compare_and_swap(x, -99, 6)


@pytest.mark.parametrize("dtype", _SIGNED + _UNSIGNED)
def test_compare_and_swap_is_about_the_first_element(dtype):
    x, old = np.array([-99, -99]).astype(dtype), np.zeros(2, dtype)
    swap_first[1, 1](x, old)
    assert x.tolist() == [5, np.array(-99).astype(dtype)]
    assert old.tolist() == [np.array(-99).astype(dtype), 5]


@pytest.mark.parametrize(
    "given, text", [(np.zeros((2, 2), int), "1 indices for 2"), (np.zeros(2), "is given")]
)
def test_compare_and_swap_refuses(given, text):
    with pytest.raises(Exception, match=text):
        swap_first[1, 1](given, np.zeros(2, int))


def test_compare_and_swap_of_no_element_is_out_of_bounds():
    with pytest.raises(IndexError, match=r"x\[0\] is out of bounds for 0 elements"):
        jit(swap_first.py_func, sanitize="memcheck")[1, 1](np.zeros(0, int), np.zeros(2, int))


@jit
def indices(x, y, at):
    cuda.atomic.add(x, -1, 1)
    cuda.atomic.add(x, np.uint8(1), 2.9)
    cuda.atomic.add(x, (0,), True)
    cuda.atomic.add(y, (np.uint32(0), -2), 1)
    cuda.atomic.add(y, (at[0], np.int16(-1)), at[0])


def test_indices_of_mixed_types_and_values_of_others():
    x, y = np.zeros(4, np.int32), np.zeros((2, 3), np.float32)
    indices[1, 1](x, y, np.array([1], np.uint64))
    assert x.tolist() == [1, 2, 0, 1]
    assert y.tolist() == [[0, 1, 0], [0, 0, 1]]


@jit
def real_index(x, n):
    cuda.atomic.add(x, (n[0] - 1, np.uint64(1)), 1)  # uint64 - int64 is a float64


def test_an_index_that_became_a_float_is_truncated():
    x = np.zeros((2, 2))
    real_index[1, 1](x, np.array([2], np.uint64))
    assert x.tolist() == [[0, 0], [0, 1]]


@jit
def complex_index(x):
    cuda.atomic.add(x, (1j, 1), 1)


def test_an_index_that_is_no_number_is_refused():
    with pytest.raises(Exception, match="the index is .* expected numbers"):
        complex_index[1, 1](np.zeros((2, 2)))
