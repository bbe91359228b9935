from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.elementwise import add, multiply
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x = np.zeros((64, 64), dtype)
    yield Call(add, "forward", (x, x))
    yield Call(add, "input_gradient", (x, x.shape))
    yield Call(add, "other_gradient", (x, x.shape, 2.0))
    yield Call(multiply, "forward", (x, x))
    yield Call(multiply, "input_gradient", (x, x, x.shape))
    yield Call(multiply, "other_gradient", (x, x, x.shape))
