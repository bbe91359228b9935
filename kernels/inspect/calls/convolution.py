from collections.abc import Iterator

import numpy as np

from crosscheck.kernels import convolution
from crosscheck.kernels.inspect.calls import Call


def calls(dtype: type) -> Iterator[Call]:
    x, y = np.zeros((2, 16, 16, 16), dtype), np.zeros((2, 16, 14, 14), dtype)
    w, bias = np.zeros((16, 16, 3, 3), dtype), np.zeros(16, dtype)
    yield Call(convolution, "forward", (x, w, bias))
    yield Call(convolution, "input_gradient", (x.shape, w, y))
    yield Call(convolution, "weight_gradient", (x, w.shape, y))
    yield Call(convolution, "bias_gradient", (y,))
