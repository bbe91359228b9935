from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.elementwise import add, mul
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x = np.zeros((64, 64), dtype)
    yield Call(add, "forward", (x, x))
    yield Call(add, "input_gradient", (x, x.shape))
    yield Call(add, "other_gradient", (x, x.shape, 2.0))
    yield Call(mul, "forward", (x, x))
    yield Call(mul, "input_gradient", (x, x, x.shape))
    yield Call(mul, "other_gradient", (x, x, x.shape))
