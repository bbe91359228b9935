"""The calls that are measured: of `nn`, and of the kernels with each algorithm by its name."""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import numpy as np

import crosscheck.nn as nn
import crosscheck.nn.functional as F
from crosscheck.benchmarks.launch.stand_ins import GPUArray
from crosscheck.kernels import convolution, linear
from crosscheck.kernels.operator import bind

X, W, K = (8, 64, 28, 28), (64, 64, 3, 3), 64  # a layer of ResNet-50
WEIGHTS = {"depthwise": (64, 1, 3, 3), "pointwise": (64, 64, 1, 1)}  # of those that take no other


def array(*shape: int) -> GPUArray:
    """Return a new array of float32."""
    return GPUArray(np.zeros(shape, np.float32))


def calls() -> dict[str, Callable[[], object]]:
    """Return the calls by name. Make and use them among the stand-ins."""
    x, w, b = array(*X), array(*W), array(K)
    images, weight, bias = nn.tensor(x), nn.tensor(w), nn.tensor(b)
    learnt, shift = nn.tensor(w, requires_grad=True), nn.tensor(b, requires_grad=True)
    rows, matrix = nn.tensor(array(64, 512)), nn.tensor(array(1000, 512))
    return {
        "F.conv2d": lambda: F.conv2d(images, weight, bias, padding=1),
        "F.conv2d, recorded on the tape": lambda: F.conv2d(images, learnt, shift, padding=1),
        "F.relu": lambda: F.relu(images),
        "F.max_pool2d": lambda: F.max_pool2d(images, 2),
        "F.linear": lambda: F.linear(rows, matrix),
        **dict(_by_name(x, b)),
    }


def _by_name(x: GPUArray, b: GPUArray) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the calls of each direction with each algorithm."""
    for direction, algorithms in convolution.ALGORITHMS.items():
        for name in algorithms:
            w = array(*WEIGHTS.get(name, W))
            options = {"padding": w.shape[2] // 2, "groups": X[1] // w.shape[1]}
            yield _call(convolution, direction, name, options, input=x, weight=w, bias=b)
    for direction, algorithms in linear.ALGORITHMS.items():
        for name in algorithms:
            yield _call(linear, direction, name, {}, input=array(64, 512), weight=array(1000, 512))


def _call(
    family: ModuleType, direction: str, name: str, options: Mapping[str, int], **tensors: GPUArray
) -> tuple[str, Callable[[], object]]:
    """Return a call of a direction with an algorithm, and its name."""
    function = getattr(family, direction)
    operator = function.operator
    size = operator.plan("forward", bind(family.forward, tensors, options)).outputs[0].size
    bound = bind(function, {**tensors, "grad_output": array(*size)}, options)
    return f"{operator.label(direction)}, {name}", lambda: function(**bound, algorithm=name)
