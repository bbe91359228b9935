"""A block's threads combine one value each: in blocks of several sizes, several times in a row."""

import numpy as np
import pytest

from crosscheck.kernels import block_reduce
from crosscheck.kernels.block_reduce import block_and_thread, block_max, block_sum, grid
from crosscheck.kernels.launch import cuda, kernel, real, sanitized
from crosscheck.kernels.loss import cross_entropy
from crosscheck.kernels.normalization import batch_norm
from crosscheck.kernels.reduction import sum_
from crosscheck.kernels.softmax import log_softmax, softmax


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


def normal(*shape):
    return np.random.default_rng(len(shape)).standard_normal(shape)


ROWS, CLASSES = (5, 3, 2), np.arange(10).reshape(5, 2) % 3
CHANNELS = {"mean": normal(3), "rstd": normal(3)}
ONE_BLOCK_A_ROW = {
    "softmax": lambda: softmax.forward(normal(*ROWS), 1, algorithm="tree"),
    "softmax's gradient": lambda: softmax.input_gradient(
        normal(*ROWS), normal(*ROWS), 1, algorithm="tree"
    ),
    "log_softmax": lambda: log_softmax.forward(normal(*ROWS), 1, algorithm="tree"),
    "log_softmax's gradient": lambda: log_softmax.input_gradient(
        normal(*ROWS), normal(*ROWS), 1, algorithm="tree"
    ),
    "classes": lambda: cross_entropy.forward(
        normal(*ROWS), CLASSES, normal(3), 1, "none", 0.1, algorithm="tree"
    ),
    "classes' gradient": lambda: cross_entropy.input_gradient(
        normal(5, 2), normal(*ROWS), CLASSES, normal(3), 1, "none", 0.1, algorithm="tree"
    ),
    "probabilities": lambda: cross_entropy.forward(
        normal(*ROWS), normal(*ROWS), reduction="none", algorithm="tree"
    ),
    "probabilities' gradient": lambda: cross_entropy.input_gradient(
        normal(5, 2), normal(*ROWS), normal(*ROWS), reduction="none", algorithm="tree"
    ),
    "gradient of the probabilities": lambda: cross_entropy.target_gradient(
        normal(5, 2), normal(*ROWS), normal(*ROWS), reduction="none", algorithm="tree"
    ),
    "sum": lambda: sum_.forward(normal(5, 3, 2, 4), (1, 3), algorithm="tree"),
    "batch_norm": lambda: np.concatenate(
        batch_norm.forward(normal(*ROWS), None, None, training=True)[1:]
    ),
    "batch_norm's gradient": lambda: batch_norm.input_gradient(
        normal(*ROWS), normal(*ROWS), **CHANNELS, training=True
    ),
    "gradient of batch_norm's weight": lambda: batch_norm.weight_gradient(
        normal(*ROWS), normal(*ROWS), **CHANNELS
    ),
}


@pytest.mark.parametrize("name", ONE_BLOCK_A_ROW)
def test_a_grid_of_fewer_blocks_takes_all_rows(name, monkeypatch):
    run = ONE_BLOCK_A_ROW[name]
    wanted = run()
    monkeypatch.setattr(block_reduce, "BLOCKS", 2)
    with sanitized():  # a row that no block took is an output that nobody wrote
        np.testing.assert_array_equal(run(), wanted)


def test_no_grid_has_more_blocks_than_a_gpu_takes():
    assert [grid(rows) for rows in (0, 1, 2**31 - 1, 2**31, 2**40)] == [0, 1] + [2**31 - 1] * 3
