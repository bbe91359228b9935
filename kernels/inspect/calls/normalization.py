from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.normalization import batch_norm


def calls(dtype: type) -> Iterator[Call]:
    x, one = np.zeros((4, 16, 16, 16), dtype), np.ones(16, dtype)
    yield Call(batch_norm, "forward", (x, one, one, one, one), {"training": True})
    yield Call(batch_norm, "forward", (x, one, one, one, one))
    yield Call(batch_norm, "input_gradient", (x, x, one, one, one, True))
    yield Call(batch_norm, "weight_gradient", (x, x, one, one))
    yield Call(batch_norm, "bias_gradient", (x,))
