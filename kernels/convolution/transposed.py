"""The algorithms of conv_transpose2d: conv2d's, with the names of its arrays exchanged.

    forward          conv2d's input gradient, and a bias
    input gradient   conv2d's forward pass, without a bias
    weight gradient  conv2d's weight gradient of (grad_output, input)
    bias gradient    conv2d's: the sums of grad_output's channels

So no kernel is written for it. winograd, whose bound is its own, is left to conv2d.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array, Facts, Place, empty
from crosscheck.kernels.convolution import algorithms
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.schedule import Schedule, Scheduled
from crosscheck.kernels.waves import Predicted

Run = Callable[..., None]


def _forward(run: Run, problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> Schedule:
    gradient = _prepared(run, problem, w, x, y)
    return lambda x, w, bias, y: gradient(w, x, y, bias)


def _input_gradient(run: Run, problem: Problem, w: Array, dy: Array, dx: Array) -> Schedule:
    no_bias = empty((0,), w.dtype, w)
    forward = _prepared(run, problem, dy, w, no_bias, dx)
    return lambda w, dy, dx: forward(dy, w, no_bias, dx)


def _weight_gradient(run: Run, problem: Problem, x: Array, dy: Array, dw: Array) -> Schedule:
    gradient = _prepared(run, problem, dy, x, dw)
    return lambda x, dy, dw: gradient(dy, x, dw)


def _prepared(run: Run, problem: Problem, *arrays: Array) -> Schedule:
    return run.make(problem, *arrays) if isinstance(run, Scheduled) else partial(run, problem)


def _table(
    direction: str, exchanged: Callable[..., Schedule], names: Mapping[str, str]
) -> dict[str, Algorithm]:
    """Return conv2d's algorithms of a direction; names: what it calls an array -> what we do."""

    def predicted(each: Algorithm) -> Callable[..., Predicted]:
        def predict(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
            return each.predict(problem, {to: arrays[name] for to, name in names.items()}, place)

        return predict

    return {
        name: replace(each, run=Scheduled(partial(exchanged, each.run)), predict=predicted(each))
        for name, each in algorithms.ALGORITHMS[direction].items()
        if name != "winograd"
    }


ALGORITHMS = {
    "forward": _table("input_gradient", _forward, {"grad_output": "input", "weight": "weight"}),
    "input_gradient": _table(
        "forward", _input_gradient, {"input": "grad_output", "weight": "weight"}
    ),
    "weight_gradient": _table(
        "weight_gradient", _weight_gradient, {"input": "grad_output", "grad_output": "input"}
    ),
    "bias_gradient": algorithms.ALGORITHMS["bias_gradient"],
}
