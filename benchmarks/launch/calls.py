"""The calls that are measured: of `nn`, and of the kernels with each algorithm by name."""

from collections.abc import Callable

import numpy as np

import crosscheck.nn as nn
import crosscheck.nn.functional as F
from crosscheck.benchmarks.launch.stand_ins import GPUArray
from crosscheck.kernels import convolution

X, W, K = (8, 64, 28, 28), (64, 64, 3, 3), 64  # a layer of ResNet-50


def array(*shape: int) -> GPUArray:
    """Return a new array of float32."""
    return GPUArray(np.zeros(shape, np.float32))


def calls() -> dict[str, Callable[[], object]]:
    """Return the calls by name. Make and use them among the stand-ins."""
    x, w, b = array(*X), array(*W), array(K)
    images, weight, bias = nn.tensor(x), nn.tensor(w), nn.tensor(b)
    learnt, shift = nn.tensor(w, requires_grad=True), nn.tensor(b, requires_grad=True)
    rows, matrix = nn.tensor(array(64, 512)), nn.tensor(array(1000, 512))
    found: dict[str, Callable[[], object]] = {
        "F.conv2d": lambda: F.conv2d(images, weight, bias, padding=1),
        "F.conv2d, recorded on the tape": lambda: F.conv2d(images, learnt, shift, padding=1),
        "F.relu": lambda: F.relu(images),
        "F.max_pool2d": lambda: F.max_pool2d(images, 2),
        "F.linear": lambda: F.linear(rows, matrix),
    }
    for name in convolution.ALGORITHMS["forward"]:
        found[f"convolution.forward, {name}"] = lambda name=name: convolution.forward(
            x, w, b, padding=1, algorithm=name
        )
    return found
