from collections.abc import Iterator

import numpy as np

from crosscheck.kernels import dropout
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x = np.zeros((2, 8, 16, 16), dtype)
    yield Call(dropout, "forward", (x,), {"seed": 0})
    yield Call(dropout, "input_gradient", (x,), {"seed": 0})
