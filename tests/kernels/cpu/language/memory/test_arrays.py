"""Shared and local arrays: static, dynamic, aligned, poisoned."""

import numpy as np
import pytest
from numba import cuda, float32, float64, int32
from numba.core.errors import TypingError

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.machine import layout


@jit(device=True)
def own_shared(t):
    inner = cuda.shared.array(32, float32)
    inner[t] = 1000 + t
    return inner[t]


@jit
def several(out):
    a, b = cuda.shared.array(32, float32), cuda.shared.array((4, 8), int32)
    t = cuda.threadIdx.x
    a[t] = t
    b[t // 8, t % 8] = 100 + t
    inner = own_shared(t)
    cuda.syncthreads()
    out[t, 0], out[t, 1], out[t, 2] = a[31 - t], b[(31 - t) // 8, (31 - t) % 8], inner


def test_arrays_on_one_line_and_in_device_functions_do_not_alias():
    out = np.zeros((32, 3))
    several[1, 32](out)
    t = np.arange(32)
    assert (out[:, 0] == 31 - t).all()
    assert (out[:, 1] == 131 - t).all()
    assert (out[:, 2] == 1000 + t).all()


@jit
def dynamic(out):
    static = cuda.shared.array(3, float64)
    first = cuda.shared.array(0, float32)
    second = cuda.shared.array(shape=0, dtype=int32)
    t = cuda.threadIdx.x
    static[t % 3] = 7
    first[t] = t
    cuda.syncthreads()
    out[t, 0], out[t, 1] = first.shape[0], second.shape[0]
    out[t, 2], out[t, 3] = first[cuda.blockDim.x - 1 - t], static[0]


def test_dynamic_shared_memory_follows_the_static():
    out = np.zeros((8, 4))
    dynamic[2, 8, 0, 8 * 4](out)
    assert (out[:, :2] == 8).all()
    assert (out[:, 2] == np.arange(8)[::-1]).all()
    assert (out[:, 3] == 7).all()


@jit
def after_an_odd_one(out):
    odd = cuda.shared.array(3, dtype=np.int8)
    wide = cuda.shared.array(4, float32, alignment=1024)
    t = cuda.threadIdx.x
    odd[t % 3] = 1
    wide[t % 4] = t
    cuda.syncthreads()
    out[t] = wide[t % 4] + odd[0]


@jit
def dynamic_ends(out):
    static = cuda.shared.array(3, float64)
    dynamic = cuda.shared.array(0, float64, alignment=1024)
    out[0], out[1], out[2] = static[2], dynamic[0], dynamic[dynamic.shape[0] - 1]


def test_the_sanitizer_poisons_dynamic_memory_to_its_end():
    out = np.zeros(3)
    jit(dynamic_ends.py_func, sanitize="memcheck")[1, 1, 0, 32](out)
    assert np.isnan(out).all()


def test_alignment_moves_the_array():
    out = np.zeros(4)
    after_an_odd_one[1, 4](out)
    assert (out == 1 + np.arange(4)).all()
    assert list(after_an_odd_one.get_shared_mem_per_block().values()) == [1024 + 16]


@pytest.mark.parametrize("alignment", [24, 4, 0, -8])
def test_any_other_alignment_is_refused_as_numba_cuda_does(alignment):
    @jit
    def kernel(out):
        out[0] = cuda.shared.array(4, float32, alignment=alignment)[0]

    with pytest.raises(ValueError, match=f"Alignment must be .* at least 8; it is {alignment}"):
        kernel[1, 1](np.zeros(1))


def test_shape_must_be_constant():
    @jit
    def variable(out, n):
        out[0] = cuda.shared.array(n, float32)[0]

    with pytest.raises(Exception, match="must be constant"):
        variable[1, 1](np.zeros(1), 4)


@pytest.mark.parametrize(
    "space, shape, message",
    [
        ("shared", -3, "shape is -3; expected at least 1 along each axis, or 0 for the dynamic"),
        ("shared", (0, 4), r"cuda.shared.array: shape is \(0, 4\); expected at least 1"),
        ("local", 0, "cuda.local.array: shape is 0; expected at least 1 along each axis"),
    ],
)
def test_an_empty_array_is_refused(space, shape, message):
    array = getattr(cuda, space).array

    @jit
    def empty(out):
        out[0] = array(shape, float32).size

    with pytest.raises(Exception, match=message):
        empty[1, 1](np.zeros(1))


@jit
def unwritten(out):
    shared = cuda.shared.array(4, float32)
    local = cuda.local.array(4, float64)
    number = cuda.local.array(1, int32)
    out[cuda.grid(1), 0] = shared[0]
    out[cuda.grid(1), 1] = local[3]
    out[cuda.grid(1), 2] = number[0]
    cuda.syncthreads()
    shared[0] = 0  # must not reach the next block


def test_the_sanitizer_poisons_shared_and_local_memory():
    out = np.zeros((6, 3))
    jit(unwritten.py_func, sanitize="memcheck")[3, 2](out)
    assert np.isnan(out[:, :2]).all()
    assert (out[:, 2] == -1).all()


def test_too_much_shared_memory_is_refused_as_on_a_gpu():
    @jit
    def large(out):
        out[0] = cuda.shared.array(12289, float32)[0]

    with pytest.raises(ValueError, match="static shared memory is 49156 bytes"):
        large[1, 1](np.zeros(1))
    with pytest.raises(ValueError, match="shared_bytes is 300000"):
        dynamic[1, 8, 0, 300000](np.zeros((8, 4)))


@jit(device=True)
def half_of_it(value):
    local = cuda.local.array(6500, float64)
    local[6499] = value
    return local[6499]


def test_local_arrays_larger_than_a_stack_are_refused():
    @jit
    def large(out):
        other = cuda.local.array(6500, float64)
        other[6499] = 1
        out[0] = half_of_it(out[0]) + other[6499]

    with pytest.raises(TypingError, match=f"are 104000 bytes a thread.* {layout.MAX_LOCAL}"):
        large[1, 1](np.zeros(1))


@jit(device=True)
def the_other_half(value):
    local = cuda.local.array(6500, float64)
    local[0] = value
    return local[0]


def test_local_arrays_of_two_functions_are_on_the_stack_together():
    @jit
    def large(out):
        out[0] = half_of_it(out[0]) + the_other_half(out[0])

    with pytest.raises(TypingError, match=f"large: local arrays are 104000 .* {layout.MAX_LOCAL}"):
        large[1, 1](np.zeros(1))


@jit
def nearly_all_of_the_stack(out):
    local = cuda.local.array(12000, float64)
    for i in range(12000):
        local[i] = cuda.threadIdx.x
    cuda.syncthreads()
    total = 0.0
    for i in range(12000):
        total += local[i]
    out[cuda.threadIdx.x] = total


def test_large_local_arrays_do_not_overlap_those_of_the_next_thread():
    out = np.zeros(8)
    nearly_all_of_the_stack[1, 8](out)
    assert (out == 12000 * np.arange(8)).all()


_TABLE = np.arange(6, dtype=np.float32).reshape(2, 3)


@jit
def look_up(out):
    table = cuda.const.array_like(_TABLE)
    i = cuda.grid(1)
    out[i] = table[i // 3, i % 3]


def test_a_constant_array_is_part_of_the_kernel():
    out = np.zeros(6, np.float32)
    look_up[1, 6](out)
    np.testing.assert_array_equal(out, _TABLE.ravel())


@jit
def write_constant():
    cuda.const.array_like(_TABLE)[0, 0] = 1


def test_a_constant_array_cannot_be_written():
    with pytest.raises(Exception, match="Cannot modify readonly array"):
        write_constant[1, 1]()


@jit
def constant_of_a_number(out):
    cuda.const.array_like(3)


def test_a_constant_array_of_a_number_is_refused():
    with pytest.raises(Exception, match="cuda.const.array_like is given"):
        constant_of_a_number[1, 1](np.zeros(1))


@jit
def shared_objects():
    cuda.shared.array(3, np.object_)


def test_an_array_of_python_objects_is_refused():
    with pytest.raises(Exception, match="dtype of a shared or local array is .*object"):
        shared_objects[1, 1]()


_ASKEW = np.dtype([("a", np.int32), ("b", np.float64)])


@jit
def fields(x):
    x[0].b = x[0].a


def test_a_misaligned_field_is_refused_as_on_a_gpu():
    with pytest.raises(Exception, match="type float64 is not aligned"):
        fields[1, 1](np.zeros(1, _ASKEW))
    x = np.zeros(1, np.dtype(_ASKEW.descr, align=True))
    x["a"] = 7
    fields[1, 1](x)
    assert x["b"] == 7
