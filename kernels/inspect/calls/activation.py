from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.activation import relu
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x = np.zeros(4096, dtype)
    yield Call(relu, "forward", (x,))
    yield Call(relu, "input_gradient", (x, x))
