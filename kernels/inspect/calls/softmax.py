from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.softmax import log_softmax, softmax


def calls(dtype: type) -> Iterator[Call]:
    x = np.zeros((32, 128), dtype)
    for family in (softmax, log_softmax):
        yield Call(family, "forward", (x, 1))
        yield Call(family, "input_gradient", (x, x, 1))
