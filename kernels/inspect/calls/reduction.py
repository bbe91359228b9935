from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.reduction import mean, sum_


def calls(dtype: type) -> Iterator[Call]:
    x, y = np.zeros((64, 128), dtype), np.zeros(64, dtype)
    for family in (sum_, mean):
        yield Call(family, "forward", (x, 1))
        yield Call(family, "input_gradient", (y, x.shape, 1))
