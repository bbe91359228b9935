from collections.abc import Iterator

import numpy as np

from kernels.inspect.calls import Call
from kernels.pooling import adaptive_average, average, max


def calls(dtype: type) -> Iterator[Call]:
    x, y = np.zeros((1, 2, 4, 4), dtype), np.zeros((1, 2, 2, 2), dtype)
    yield Call(max, "forward", (x, 2))
    yield Call(max, "input_gradient", (y, np.zeros(y.shape, np.int64), x.shape, 2))
    yield Call(average, "forward", (x, 2))
    yield Call(average, "input_gradient", (y, x.shape, 2))
    yield Call(adaptive_average, "forward", (x, 2))
    yield Call(adaptive_average, "input_gradient", (y, x.shape))
