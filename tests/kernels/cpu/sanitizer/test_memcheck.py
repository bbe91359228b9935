"""memcheck: an access out of bounds is named; accesses in bounds are not reported."""

import numpy as np
import pytest
from numba import cuda, float32, uint32

from crosscheck.kernels.cpu import BarrierError, jit


def line(kernel, offset):
    """The source line `offset` lines below a kernel's decorator."""
    return kernel.py_func.__code__.co_firstlineno + offset


@jit(sanitize="memcheck")
def read_past_the_end(x, y):
    i = cuda.grid(1)
    y[i] = x[i + 1]


def test_a_read_names_kernel_array_index_line_and_thread():
    with pytest.raises(IndexError) as error:
        read_past_the_end[2, 4](np.zeros(8), np.zeros(8))
    assert str(error.value) == (
        f"{__name__}.read_past_the_end: x[8] is out of bounds for 8 elements, "
        f"test_memcheck.py:{line(read_past_the_end, 3)}, thread (3, 0, 0) of block (1, 0, 0)"
    )


@jit(sanitize="memcheck")
def write_2d(image):
    x, y = cuda.grid(2)
    image[y, x] = 1


def test_a_write_in_two_dimensions():
    with pytest.raises(IndexError, match=r"image\[0, 5\] is out of bounds for \(4, 5\) elements"):
        write_2d[1, (8, 4)](np.zeros((4, 5)))


@jit(sanitize="memcheck")
def shared_array(x):
    tile = cuda.shared.array((4, 4), float32)
    t = cuda.threadIdx.x
    tile[t, 4 - t] = x[t]
    cuda.syncthreads()
    x[t] = tile[0, t]


def test_a_shared_array():
    with pytest.raises(IndexError, match=r"tile\[0, 4\].*thread \(0, 0, 0\)"):
        shared_array[1, 4](np.zeros(4))


@jit(device=True)
def helper(values, i):
    return values[i + 2]


@jit(sanitize="memcheck")
def in_a_device_function(x):
    x[0] = helper(x, cuda.threadIdx.x)


def test_an_access_in_a_device_function():
    with pytest.raises(IndexError, match=r"values\[3\].*thread \(1, 0, 0\)"):
        in_a_device_function[1, 2](np.zeros(3))


@jit(sanitize="memcheck")
def atomic(x):
    cuda.atomic.add(x, cuda.grid(1), 1)


def test_an_atomic():
    with pytest.raises(IndexError, match=r"x\[2\] is out of bounds"):
        atomic[1, 3](np.zeros(2))


@jit(sanitize="memcheck")
def wrapped(x, i, j):
    x[i] = 1
    x[uint32(j)] += 1


def test_signed_indices_wrap_and_unsigned_do_not():
    x = np.zeros(3)
    wrapped[1, 1](x, -1, 0)
    assert x.tolist() == [1, 0, 1]
    with pytest.raises(IndexError, match=r"x\[-4\]"):
        wrapped[1, 1](x, -4, 0)
    with pytest.raises(IndexError, match=r"x\[4294967295\]"):
        wrapped[1, 1](x, 0, -1)


@jit(sanitize="memcheck")
def everything_in_bounds(x, pairs, out):
    i = cuda.grid(1)
    local = cuda.local.array(2, float32)
    local[0], local[1] = x[i], pairs[1]
    row = out[i]
    row[0] = local[0] + local[1]
    out[i, -1] = x.shape[0]


def test_tuples_rows_and_correct_accesses_pass():
    out = np.zeros((4, 2))
    everything_in_bounds[2, 2](np.arange(4, dtype=np.float32), (5, 6), out)
    assert out[:, 0].tolist() == [6, 7, 8, 9] and (out[:, 1] == 4).all()


@jit(sanitize="memcheck")
def with_slices(x, i):
    x[..., i] = 1
    x[1:, i] = 1
    x[i, 1:] = 1


def test_integers_beside_slices_are_tested():
    with_slices[1, 1](np.zeros((2, 2)), 1)
    with pytest.raises(IndexError, match=r"x\[5\] is out of bounds for 2 elements"):
        with_slices[1, 1](np.zeros((2, 2)), 5)


def test_what_cannot_be_tested_is_refused():
    @jit(sanitize="memcheck")
    def flat(x):
        x.flat[9] = 1

    @jit(sanitize="memcheck")
    def gathered(x, i):
        x[i] = 1

    with pytest.raises(Exception, match=r"cannot test an access through .flat"):
        flat[1, 1](np.zeros(2))
    with pytest.raises(Exception, match="cannot test an index that is an array"):
        gathered[1, 1](np.zeros(2), np.zeros(2, np.int64))


@jit(sanitize="memcheck")
def methods_and_chains(x, i, j):
    y = x.reshape((3, 2))
    y[i][j] = 7
    cuda.atomic.add(ary=x, idx=0, val=1)


def test_methods_chains_and_keywords_are_named_and_not_reported_when_correct():
    x = np.zeros(6)
    methods_and_chains[1, 1](x, 2, 1)
    assert x.tolist() == [1, 0, 0, 0, 0, 7]
    with pytest.raises(IndexError, match=r"y\[\.\.\.\]\[2\] is out of bounds for 2 elements"):
        methods_and_chains[1, 1](x, 2, 2)


@jit(sanitize="synccheck")
def two_barriers(x):
    if cuda.threadIdx.x < 3:
        cuda.syncthreads()
    else:
        cuda.syncthreads()
    x[cuda.threadIdx.x] = 1


def test_threads_that_wait_at_different_barriers_are_named():
    first, second = line(two_barriers, 3), line(two_barriers, 5)
    with pytest.raises(BarrierError, match=rf"memcheck.py:{first}; thread \(3, .*:{second}"):
        two_barriers[1, 8](np.zeros(8))


@jit
def raises_two_values(x):
    if x[0] == 0:
        raise OSError(2, "no such thing")


def test_an_exception_keeps_its_arguments():
    with pytest.raises(OSError) as error:
        raises_two_values[1, 1](np.zeros(1))
    assert error.value.args == (2, "no such thing")
    assert "thread (0, 0, 0)" in error.value.__notes__[0]


@jit
def raises_by_itself(x):
    if x[cuda.grid(1)] > 2:
        raise ValueError("too large")


def test_a_kernels_own_exception_is_raised():
    with pytest.raises(ValueError, match=r"too large, thread \(3, 0, 0\)"):
        raises_by_itself[1, 8](np.arange(8))


memcheck = jit(sanitize="memcheck")


def last_block_without_a_guard(fixed):
    @memcheck
    def kernel(x):
        i = cuda.grid(1)
        if i < x.size or not fixed:
            x[i] = 1  # here

    return kernel, (2, 8), (np.zeros(12),)


def dynamic_memory_too_small(fixed):
    @memcheck
    def kernel(x):
        tile = cuda.shared.array(0, float32)
        tile[cuda.threadIdx.x] = 1  # here

    return kernel, (1, 8, 0, 32 if fixed else 28), (np.zeros(8),)


def local_array_with_a_wrong_loop(fixed):
    @memcheck
    def kernel(x):
        window = cuda.local.array((3, 3), float32)
        for s in range(3 if fixed else 4):
            window[2, s] = x[0]  # here

    return kernel, (1, 1), (np.zeros(1),)


def transposed_index(fixed):
    @memcheck
    def kernel(x):
        i, j = cuda.grid(2)
        if fixed:
            x[j, i] = 1
        else:
            x[i, j] = 1  # here

    return kernel, (1, (4, 2)), (np.zeros((2, 4)),)


def index_below_zero(fixed):
    @memcheck
    def kernel(x, y):
        i = cuda.threadIdx.x
        if i > 0 or not fixed:
            y[i] = x[uint32(i - 1)]  # here

    return kernel, (1, 4), (np.zeros(4), np.zeros(4))


def cached_load_past_the_end(fixed):
    @memcheck
    def kernel(x, y):
        i = cuda.threadIdx.x
        y[i] = cuda.ldcg(x, i if fixed else i + 1)  # here

    return kernel, (1, 4), (np.zeros(4), np.zeros(4))


def lock_that_is_not_there(fixed):
    @memcheck
    def kernel(locks):
        cuda.atomic.cas(locks, cuda.blockIdx.x, 0, 1)  # here

    return kernel, (3, 1), (np.zeros(3 if fixed else 2, np.int32),)


def row_behind_a_new_axis(fixed):
    @memcheck
    def kernel(x, i):
        x[None, i, 0] = 1  # here

    return kernel, (1, 1), (np.zeros((2, 3)), 1 if fixed else 2)


@jit(device=True, inline="always")
def put(values, i, value):
    values[0][i] = value


def function_that_numba_inlines(fixed):
    @jit(sanitize="memcheck")
    def kernel(x):
        put(x, cuda.threadIdx.x if fixed else cuda.threadIdx.x + 1, 7)

    return kernel, (1, 4), (np.zeros((4, 4)),)


def function_defined_in_the_kernel(fixed):
    @jit(sanitize="memcheck")
    def kernel(x, y):
        def right(i):
            return x[i][i]  # here

        i = cuda.threadIdx.x
        y[i] = right(i if fixed else i + 1)

    return kernel, (1, 4), (np.zeros((4, 4)), np.zeros(4))


def atomic_at_a_float(fixed):
    @jit(sanitize=True)
    def kernel(x, at):
        cuda.atomic.add(x, at, 1)  # here

    return kernel, (1, 1), (np.zeros(4), 3.5 if fixed else 4.5)


def part_of_a_view(fixed):
    @memcheck
    def kernel(x):
        half = x[:4]
        half[cuda.threadIdx.x] = 1  # here

    return kernel, (1, 4 if fixed else 5), (np.zeros(8),)


def strided_rows(fixed):
    @memcheck
    def kernel(x):
        x[cuda.threadIdx.x, 1] = 1  # here

    return kernel, (1, 4), (np.zeros((8, 2))[:: 2 if fixed else 3],)


PLANTS = [
    (last_block_without_a_guard, "x[12] is out of bounds for 12", "thread (4, 0, 0) of block (1,"),
    (dynamic_memory_too_small, "tile[7] is out of bounds for 7 elements"),
    (local_array_with_a_wrong_loop, "window[2, 3] is out of bounds for (3, 3) elements"),
    (transposed_index, "x[2, 0] is out of bounds for (2, 4) elements"),
    (index_below_zero, "x[4294967295] is out of bounds for 4 elements"),
    (cached_load_past_the_end, "x[4] is out of bounds"),
    (lock_that_is_not_there, "locks[2] is out of bounds", "block (2, 0, 0)"),
    (row_behind_a_new_axis, "x[2, 0] is out of bounds for (2, 3) elements"),
    (function_that_numba_inlines, "values[...][4] is out of bounds", "thread (3, 0, 0)"),
    (function_defined_in_the_kernel, "x[4] is out of bounds for 4 elements"),
    (atomic_at_a_float, "x[4] is out of bounds for 4 elements"),
    (part_of_a_view, "half[4] is out of bounds for 4 elements"),
    (strided_rows, "x[3, 1] is out of bounds for (3, 2) elements"),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant[0].__name__)
def test_a_planted_index_is_named_and_its_cure_is_silent(check, plant):
    check(plant[0], IndexError, *plant[1:])
