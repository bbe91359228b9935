"""What is particular to each operator: its directions, their algorithms, and how each is called.

Directions are named as the reference's results, so `exact[direction]` is what a call must give.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import kernels.convolution
import kernels.pooling.average
import kernels.pooling.max
from kernels.activation import relu
from kernels.algorithm import Algorithm
from kernels.arrays import Array

Tensors = Mapping[str, Array]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Direction:
    """One direction of an operator.

    `call(tensors, options, algorithm=..., out=..., **further outputs)` runs the kernels. `outputs`
    maps the keyword of each output to its name among the reference's results. `algorithms` is the
    family's own table. `needs` names an input without which the direction does not exist.
    """

    name: str
    call: Callable[..., Any]
    algorithms: Mapping[str, Algorithm]
    outputs: Mapping[str, str] = field(default_factory=dict)
    needs: str = "input"

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", {"out": self.name})


def _conv_forward(t: Tensors, options: Options, **how: Any) -> None:
    kernels.convolution.forward(t["input"], t["weight"], t.get("bias"), **options, **how)


def _conv_input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    size = t["input"].shape
    kernels.convolution.input_gradient(size, t["weight"], t["grad_output"], **options, **how)


def _conv_weight_gradient(t: Tensors, options: Options, **how: Any) -> None:
    size = t["weight"].shape
    kernels.convolution.weight_gradient(t["input"], size, t["grad_output"], **options, **how)


def _conv_bias_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.convolution.bias_gradient(t["grad_output"], **how)


def _max_forward(t: Tensors, options: Options, **how: Any) -> None:
    kernels.pooling.max.forward(t["input"], **_no_return(options), **how)


def _max_input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.pooling.max.input_gradient(
        t["grad_output"], t["indices"], t["input"].shape, **_no_return(options), **how
    )


def _no_return(options: Options) -> Options:
    """Leave out what only nn.functional takes: a kernel always returns the indices."""
    return {name: value for name, value in options.items() if name != "return_indices"}


def _average_forward(t: Tensors, options: Options, **how: Any) -> None:
    kernels.pooling.average.forward(t["input"], **options, **how)


def _average_input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    size = t["input"].shape
    kernels.pooling.average.input_gradient(t["grad_output"], size, **options, **how)


def _relu_forward(t: Tensors, options: Options, **how: Any) -> None:
    relu.forward(t["input"], **how)


def _relu_input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    relu.input_gradient(t["grad_output"], t["output"], **how)


def _directions(tables: Mapping[str, Mapping[str, Algorithm]], **calls: Callable) -> tuple:
    return tuple(Direction(name, call, tables[name]) for name, call in calls.items())


_CONV = kernels.convolution.ALGORITHMS
_MAX = kernels.pooling.max.ALGORITHMS

OPERATIONS: Mapping[str, tuple[Direction, ...]] = {
    "conv2d": (
        *_directions(
            _CONV,
            forward=_conv_forward,
            input_gradient=_conv_input_gradient,
            weight_gradient=_conv_weight_gradient,
        ),
        Direction("bias_gradient", _conv_bias_gradient, _CONV["bias_gradient"], needs="bias"),
    ),
    "max_pool2d": (
        Direction(
            "forward",
            _max_forward,
            _MAX["forward"],
            outputs={"out": "forward", "indices": "indices"},
        ),
        *_directions(_MAX, input_gradient=_max_input_gradient),
    ),
    "avg_pool2d": _directions(
        kernels.pooling.average.ALGORITHMS,
        forward=_average_forward,
        input_gradient=_average_input_gradient,
    ),
    "relu": _directions(
        relu.ALGORITHMS, forward=_relu_forward, input_gradient=_relu_input_gradient
    ),
}
