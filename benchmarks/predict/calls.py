"""The calls of a layer: each direction, algorithm and layout, on arrays that take no memory.

The arrays are zeros that nobody has touched, which an operating system hands out without memory
behind them. So layers of gigabytes can be asked what they would launch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np

from crosscheck.benchmarks.row import DIRECTIONS
from crosscheck.benchmarks.suites import Layer, Shape
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.memory_format import channels_last
from crosscheck.kernels.operator import Operator, bind

LAYOUTS = ("nchw", "nhwc")


@dataclass(frozen=True)
class Call:
    """One call.

    arguments   by name, as the direction's function takes them
    problem     what the family's plan makes of them
    written     the bytes of what it returns
    """

    suite: str
    layer: Layer
    operator: Operator
    direction: str
    algorithm: str
    layout: str
    arguments: dict[str, Any]
    problem: Any
    written: int

    def run(self) -> None:
        """Compute. Raises algorithm.Unsupported where the algorithm does not take this layer."""
        function = self.operator.directions[self.direction].function
        function(**self.arguments, algorithm=self.algorithm)

    def __str__(self) -> str:
        return f"{self.layer.name} {self.direction} {self.algorithm} {self.layout}"


@cache
def operators() -> dict[str, Operator]:
    """Return the operators by name."""
    return {each.name: each for each in launches.operators()}


def directions(op: str) -> tuple[str, ...]:
    """Return the directions of an operator that are benchmarked."""
    return tuple(each for each in DIRECTIONS if each in operators()[op].directions)


def calls(
    suite: str,
    layer: Layer,
    chosen: Sequence[str],
    algorithms: Sequence[str],
    layout: str,
) -> Iterator[Call]:
    """Yield the calls of a layer in these directions; no algorithms: all.

    What has no channels has one layout: nothing for "nhwc". Raises MemoryError where the operating
    system does not hand out arrays of this size.
    """
    operator = operators()[layer.op]
    images = len(layer.inputs["input"]) == 4
    if layout == "nhwc" and not images:
        return
    tensors = {name: _zeros(shape, layout, name) for name, shape in layer.inputs.items()}
    known = launches.with_returned(operator, tensors, layer.options)
    if images:
        known = {name: _laid_out(each, layout) for name, each in known.items()}
    for direction in directions(layer.op):
        if direction not in chosen:
            continue
        arguments = bind(operator.directions[direction].function, known, layer.options)
        plan = operator.plan(direction, arguments)
        written = sum(
            prod(each.size) * np.dtype(each.dtype or np.float32).itemsize for each in plan.outputs
        )
        for name in operator.algorithms[direction]:
            if not algorithms or name in algorithms:
                yield Call(
                    *(suite, layer, operator, direction, name, layout),
                    *(arguments, plan.problem, written),
                )


def _zeros(shape: Shape, layout: str, name: str) -> np.ndarray:
    """Return a class for each target, else float32."""
    return _laid_out(np.zeros(shape, np.int64 if name == "target" else np.float32), layout)


def _laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """Return zeros of the same kind, with the channels of images last in memory for "nhwc"."""
    if layout == "nchw" or array.ndim != 4:
        return array
    strides = channels_last(array.shape)
    order = sorted(range(4), key=lambda axis: -strides[axis])
    dense = np.zeros([array.shape[axis] for axis in order], array.dtype)
    return dense.transpose(np.argsort(order))
