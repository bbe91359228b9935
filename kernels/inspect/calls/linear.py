from collections.abc import Iterator

import numpy as np

from kernels import linear
from kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x, w, y = (np.zeros(shape, dtype) for shape in ((2, 4), (3, 4), (2, 3)))
    yield Call(linear, "forward", (x, w, np.zeros(3, dtype)))
    yield Call(linear, "input_gradient", (x.shape, w, y))
    yield Call(linear, "weight_gradient", (x, w.shape, y))
    yield Call(linear, "bias_gradient", (y,))
