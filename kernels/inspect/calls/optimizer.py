from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.inspect.calls import Call
from crosscheck.kernels.optimizer import adam, sgd


def calls(dtype: type) -> Iterator[Call]:
    p, gradient, *state = (np.zeros(4096, dtype) for _ in range(5))
    yield Call(sgd, "step", (p, gradient, state[0]), {"momentum": 0.9})
    yield Call(adam, "step", (p, gradient, *state), {"step": 1})
