from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d


def calls(dtype: type) -> Iterator[Call]:
    x, y = np.zeros((2, 8, 16, 16), dtype), np.zeros((2, 8, 8, 8), dtype)
    firsts = 2 * np.arange(8) + 32 * np.arange(8)[:, None]  # of each window
    indices = np.broadcast_to(firsts, y.shape).copy()
    yield Call(max_pool2d, "forward", (x, 2))
    yield Call(max_pool2d, "input_gradient", (y, indices, x.shape, 2))
    yield Call(avg_pool2d, "forward", (x, 2))
    yield Call(avg_pool2d, "input_gradient", (y, x.shape, 2))
    yield Call(adaptive_avg_pool2d, "forward", (x, 8))
    yield Call(adaptive_avg_pool2d, "input_gradient", (y, x.shape))
