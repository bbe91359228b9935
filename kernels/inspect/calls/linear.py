from collections.abc import Iterator

import numpy as np

from crosscheck.kernels import linear
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x, w, y = (np.zeros(shape, dtype) for shape in ((64, 128), (96, 128), (64, 96)))
    yield Call(linear, "forward", (x, w, np.zeros(96, dtype)))
    yield Call(linear, "input_gradient", (x.shape, w, y))
    yield Call(linear, "weight_gradient", (x, w.shape, y))
    yield Call(linear, "bias_gradient", (y,))
