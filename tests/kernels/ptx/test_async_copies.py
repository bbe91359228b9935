"""Asynchronous copies on the CPU device: what they write, and when it may be read."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import RaceError
from crosscheck.kernels.launch import cuda, debugged, index, kernel, real, sanitized
from crosscheck.kernels.ptx import commit, copy_async, copy_quad_async, wait

X = np.arange(1, 129, dtype=np.float32)


@kernel
def two_groups(x, y, first, second):
    """x (128), y (2, 64): a group of words, then a group of quads; first, second: whether to wait.

    Words of odd threads, and the last 8 quads, are outside.
    """
    words = cuda.shared.array((16, 4), real, alignment=16)
    quads = cuda.shared.array((16, 4), real, alignment=16)
    t = index(cuda.threadIdx.x)
    copy_async(words, np.int64(t // 4), t % 4, x, t, t % 2 == 0)
    commit()
    if t < 16:
        copy_quad_async(quads, np.int64(t), x, 64 + t * 4, t < 8)
    commit()
    if first:
        wait(1)
    cuda.syncthreads()
    y[0, t] = words[15 - t // 4, t % 4]
    if second:
        wait(0)
    cuda.syncthreads()
    y[1, t] = quads[15 - t // 4, t % 4]


def run(first=True, second=True):
    y = np.zeros((2, 64), np.float32)
    two_groups[1, 64](X, y, first, second)
    return y


def check(y):
    words, quads = np.zeros(64), np.zeros(64)
    words[::2], quads[:32] = X[:64:2], X[64:96]
    for got, copied in zip(y, (words, quads), strict=True):
        np.testing.assert_array_equal(got, copied.reshape(16, 4)[::-1].ravel())


def test_what_is_inside_is_copied_and_the_rest_is_zero():
    check(run())


def test_the_sanitizer_finds_nothing_where_each_group_is_waited_for():
    with sanitized(same_value=True):
        check(run())


@pytest.mark.parametrize(
    "waits, element",
    [(dict(first=False), "words[15, 0]"), (dict(second=False), "quads[15, 0]")],
)
def test_a_missing_wait_is_found(waits, element):
    check(run(**waits))  # the CPU device gives the right numbers
    landed = f"{element} is read, .* before the copy has landed that .* a wait .* is missing"
    with sanitized(), pytest.raises(RaceError, match=landed.replace("[", r"\[")):
        run(**waits)


def test_copies_work_in_the_debugger():
    pytest.importorskip("greenlet")
    with debugged():
        check(run())


@kernel
def overwritten(x, y, group, waited):
    """Copies a word and a quad; then writes to the source of one of them."""
    words = cuda.shared.array((1, 4), np.float32, alignment=16)
    quads = cuda.shared.array((1, 4), np.float32, alignment=16)
    copy_async(words, 0, index(0), x, index(3), True)
    copy_quad_async(quads, 0, x, index(4), True)
    commit()
    if waited:
        wait(0)
    x[index(3) if group == 0 else index(5)] = np.float32(0)
    wait(0)
    y[0, 0] = words[0, 0] + quads[0, 1]


@pytest.mark.parametrize("group, element", [(0, 3), (1, 5)])
def test_a_write_to_what_is_copied_from_is_found(group, element):
    y = np.zeros((1, 1), np.float32)
    with sanitized():
        overwritten[1, 1](X.copy(), y, group, True)
    assert y[0, 0] == X[3] + X[5]
    text = rf"x\[{element}\] is written, .* before the copy from it has landed"
    with sanitized(), pytest.raises(RaceError, match=text):
        overwritten[1, 1](X.copy(), y, group, False)
