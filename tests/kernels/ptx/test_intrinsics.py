"""The intrinsics of kernels.ptx: what they mean on the CPU device, and what a GPU would run."""

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.launch import cuda, index, kernel, real, sanitized
from crosscheck.kernels.ptx import (
    array_at,
    commit,
    copy_async,
    copy_quad_async,
    hold,
    load_if,
    load_quad,
    opaque,
    store_quad,
    wait,
)

DTYPES = [np.float32, np.float64]
WORDS = [*DTYPES, np.uint32]


@kernel
def turn_quads(x, y):
    """Writes each quad of x to y, back to front."""
    i = index(cuda.grid(1))
    if i < index(x.shape[0]) // 4:
        a, b, c, d = load_quad(x, i * 4)
        store_quad(y, i * 4, (d, c, b, a))


@kernel
def turn_quads_at(addresses, like):
    """Turns the first quad at an address."""
    x = array_at(real, addresses[0], 4)
    a, b, c, d = load_quad(x, index(0))
    store_quad(x, index(0), (d, c, b, a))


@kernel
def load_some(x, y, step):
    """y[i]: every step-th of x, and 0 past its end."""
    i = index(cuda.grid(1))
    at = opaque(i * step)
    y[i] = load_if(x, at, at < index(x.shape[0]))


@kernel
def through_shared(x, y, inside):
    """y[0:8]: a quad of x and four single elements, each copied only where it is `inside`."""
    tile = cuda.shared.array((2, 4), real, alignment=16)
    t = index(cuda.threadIdx.x)
    copy_async(tile, 0, np.int64(t), x, t + 4, t < index(inside))
    if t == 0:
        copy_quad_async(tile, 1, x, t, index(inside) > 0)
    commit()
    wait(0)
    cuda.syncthreads()  # every thread's copies have landed
    y[t] = tile[0, t]
    y[t + 4] = tile[1, t]


@kernel
def three_of_a_row(x, y, step):
    """y[0:3]: neighbours in x, from `step` on; the place before the array wraps."""
    row, at = hold(x, np.uint64(0) - np.uint64(step))
    for i in range(3):
        y[i] = row[at + np.uint64(2 * step) + np.uint64(i)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_hold(dtype):
    x, y = np.arange(16, dtype=dtype), np.zeros(3, dtype)
    three_of_a_row[1, 1](x, y, 5)
    np.testing.assert_array_equal(y, [5, 6, 7])


@pytest.mark.parametrize("dtype", WORDS)
def test_quads(dtype):
    x, y = np.arange(16, dtype=dtype), np.zeros(16, dtype)
    turn_quads[1, 32](x, y)
    np.testing.assert_array_equal(y, x.reshape(4, 4)[:, ::-1].ravel())


@pytest.mark.parametrize(("dtype", "suffix"), [(np.float32, "v4.f32"), (np.float64, "v2.f64")])
def test_an_array_at_an_address_is_in_global_memory(dtype, suffix):
    x = np.arange(4, dtype=dtype)
    addresses, like = np.array([x.ctypes.data]), np.empty(0, dtype)
    turn_quads_at[1, 1](addresses, like)
    np.testing.assert_array_equal(x, [3, 2, 1, 0])
    ptx = _ptx(lambda: turn_quads_at[1, 1](addresses, like))
    assert f"ld.global.{suffix}" in ptx and f"st.global.{suffix}" in ptx


@kernel
def words_through_shared(x, y, inside):
    """y: two quads of words of x, the second only where it is `inside`."""
    tile = cuda.shared.array((2, 4), np.uint32, alignment=16)
    t = index(cuda.threadIdx.x)
    copy_quad_async(tile, np.int64(t), x, t * 4, t < index(inside))
    commit()
    wait(0)
    for i in range(4):
        y[t, i] = tile[t, i]


@pytest.mark.parametrize("inside", [1, 2])
def test_words_are_copied_as_they_are(inside):
    x = np.arange(8, dtype=np.uint32) + 0xFF800000  # as floats they would be NaNs
    y = np.full((2, 4), 7, np.uint32)
    words_through_shared[1, 2](x, y, inside)
    np.testing.assert_array_equal(y, np.where(np.arange(8) < 4 * inside, x, 0).reshape(2, 4))


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_not_inside_is_not_read(dtype):
    x, y = np.arange(1, 9, dtype=dtype), np.full(6, np.nan, dtype)
    with sanitized("memcheck"):
        load_some[1, 6](x, y, 3)
    np.testing.assert_array_equal(y, [1, 4, 7, 0, 0, 0])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("inside", [0, 3])
def test_copies_write_zeros_where_nothing_is_inside(dtype, inside):
    x, y = np.arange(1, 9, dtype=dtype), np.full(8, np.nan, dtype)
    through_shared[1, 4](x, y, inside)
    quad = [1, 2, 3, 4] if inside else [0, 0, 0, 0]
    np.testing.assert_array_equal(y, [5, 6, 7, 0, *quad] if inside else [0, 0, 0, 0, *quad])


def _ptx(run):
    (launch,) = launches.launched(run)
    return gpu.compile_for(launch.kernel, launch.arguments, (9, 0)).ptx


@pytest.mark.parametrize(
    ("dtype", "suffix"), [(np.float32, "v4.f32"), (np.float64, "v2.f64"), (np.uint32, "v4.u32")]
)
def test_a_gpu_moves_128_bits_at_a_time(dtype, suffix):
    x = np.zeros(16, dtype)
    ptx = _ptx(lambda: turn_quads[1, 32](x, x))
    assert f"ld.global.{suffix}" in ptx
    assert f"st.global.{suffix}" in ptx


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 4), (np.float64, 8)])
def test_a_gpu_copies_asynchronously(dtype, size):
    x = np.zeros(16, dtype)
    ptx = _ptx(lambda: through_shared[1, 4](x, x, 3))
    quads = 4 * size // 16
    assert ptx.count("cp.async.cg.shared.global") == quads
    assert f", {size}, " in next(line for line in ptx.splitlines() if "cp.async.ca" in line)
    assert ptx.index("cp.async.commit_group") < ptx.index("cp.async.wait_group 0")


@pytest.mark.parametrize(("dtype", "suffix"), [(np.float32, "f32"), (np.float64, "f64")])
def test_a_gpu_loads_with_a_predicate_and_without_a_branch(dtype, suffix):
    x = np.zeros(16, dtype)
    ptx = _ptx(lambda: load_some[1, 6](x, x, 3))
    assert f"@%inside ld.global.{suffix}" in ptx
    assert "bra" not in ptx.partition("ld.global")[0]
    assert "mov.u32" in ptx[ptx.index("mul.lo") : ptx.index("setp")]  # opaque


def test_a_gpu_needs_one_address_for_neighbours():
    ptx = _ptx(lambda: three_of_a_row[1, 1](np.zeros(16), np.zeros(3), 5))
    loads = [line for line in ptx.splitlines() if "ld.global" in line]
    bases = {line.split("[")[1].split("]")[0].partition("+")[0] for line in loads}
    assert len(loads) == 3 and len(bases) == 1
