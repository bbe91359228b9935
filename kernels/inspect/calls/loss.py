from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.loss import cross_entropy, mse_loss


def calls(dtype: type) -> Iterator[Call]:
    x, dy = np.zeros((128, 16), dtype), np.zeros((), dtype)
    classes = np.zeros(128, np.int64)
    for target in (classes, x):
        yield Call(cross_entropy, "forward", (x, target))
        yield Call(cross_entropy, "input_gradient", (dy, x, target))
    yield Call(cross_entropy, "target_gradient", (dy, x, x))
    yield Call(mse_loss, "forward", (x, x))
    yield Call(mse_loss, "forward", (x, x, "none"))
    yield Call(mse_loss, "input_gradient", (dy, x, x))
    yield Call(mse_loss, "target_gradient", (dy, x, x))
