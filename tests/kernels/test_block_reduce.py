"""A block's threads combine one value each: in blocks of several sizes, several times in a row."""

import numpy as np
import pytest

from crosscheck.kernels.block_reduce import block_and_thread, block_max, block_sum
from crosscheck.kernels.launch import cuda, kernel, real, sanitized


def combining(threads):
    @kernel
    def combine(x, y):
        """Row b of x goes to block b; y (blocks, threads, 3): what each thread got."""
        scratch = cuda.shared.array(threads, real)
        block, t = block_and_thread()
        y[block, t, 0] = block_sum(scratch, t, x[block, t])
        y[block, t, 1] = block_max(scratch, t, x[block, t])
        y[block, t, 2] = block_sum(scratch, t, -x[block, t])

    return combine


@pytest.mark.parametrize("threads", [1, 2, 64, 128, 256])
def test_every_thread_gets_its_block_s_result(threads):
    x = np.random.default_rng(threads).integers(-99, 99, (3, threads)).astype(np.float32)
    y = np.full((3, threads, 3), np.nan, np.float32)
    with sanitized():
        combining(threads)[3, threads](x, y)
    wanted = np.stack([x.sum(1), x.max(1), -x.sum(1)], axis=-1)
    assert (y == wanted[:, None]).all()


def test_the_order_of_the_sum_is_that_of_a_tree():
    x = np.random.default_rng(0).standard_normal((1, 64), np.float32)
    y = np.zeros((1, 64, 3), np.float32)
    combining(64)[1, 64](x, y)
    halves = x[0].copy()
    while halves.size > 1:
        halves = halves[: halves.size // 2] + halves[halves.size // 2 :]
    assert (y[..., 0] == halves[0]).all()
