from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.padding import pad


def calls(dtype: type) -> Iterator[Call]:
    x, y = np.zeros((2, 4, 16, 16), dtype), np.zeros((2, 4, 18, 18), dtype)
    yield Call(pad, "forward", (x, (1, 1, 1, 1), "reflect"))
    yield Call(pad, "input_gradient", (y, x.shape, (1, 1, 1, 1), "reflect"))
