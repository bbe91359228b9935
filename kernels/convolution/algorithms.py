"""The ways to compute each direction of conv2d, and which of them runs when none is named.

On a GPU the one with the least predicted time does (predicted.py); winograd, whose bound is wider,
has to be asked for. On the CPU device it is the first of the table that prefers the problem: a
barrier there switches between all fibers of a block, which leaves `direct`, and `depthwise`.
"""

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.convolution import (
    blocked,
    depthwise,
    direct,
    pipelined,
    pointwise,
    predicted,
    tiled,
    winograd,
)
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.ptx import ASYNC_COPIES
from crosscheck.kernels.reduction import reduce


def _on_a_gpu(problem: Problem, device: str) -> bool:
    """Whether barriers may pay. On the CPU each switches between all fibers of a block: `direct` is
    twice as fast as `tiled` there on a ResNet layer, tens of times on a depthwise one, and up to
    5 times as fast, or half as fast, as the depthwise weight gradient.
    """
    return device != "cpu"


def _several(problem: Problem, device: str) -> bool:
    """Whether depthwise may pay: not where the CPU has to compile it for a plain convolution of one
    channel. Else it is 2 to 4 times as fast there as direct, in the input gradient 3 to 6 times
    (3 x 3 to 7 x 7, 32 to 128 channels, one core).
    """
    return device != "cpu" or problem.groups > 1


ALGORITHMS = {
    "forward": table(
        Algorithm(
            "depthwise",
            depthwise.forward,
            depthwise.unsupported,
            prefers=_several,
            predict=predicted.depthwise("forward"),
        ),
        Algorithm("tiled", tiled.forward, prefers=_on_a_gpu, predict=predicted.tiled("forward")),
        Algorithm("direct", direct.forward, predict=predicted.direct("forward")),
        Algorithm(
            "blocked",
            blocked.forward,
            blocked.unsupported,
            predict=predicted.implicit_gemm("forward", blocked.RUNG),
        ),
        Algorithm(
            "pipelined",
            pipelined.forward,
            blocked.unsupported,
            predict=predicted.implicit_gemm("forward", pipelined.RUNG),
            capability=ASYNC_COPIES,
        ),
        Algorithm("winograd", winograd.forward, winograd.unsupported, winograd.prefers),
        Algorithm(
            "pointwise",
            pointwise.forward,
            pointwise.unsupported,
            predict=predicted.implicit_gemm("forward", pointwise.RUNG),
            capability=ASYNC_COPIES,
        ),
    ),
    "input_gradient": table(
        Algorithm(
            "depthwise",
            depthwise.input_gradient,
            depthwise.unsupported,
            prefers=_several,
            predict=predicted.depthwise("input_gradient"),
        ),
        Algorithm(
            "tiled",
            tiled.input_gradient,
            prefers=_on_a_gpu,
            predict=predicted.tiled("input_gradient"),
        ),
        Algorithm("direct", direct.input_gradient, predict=predicted.direct("input_gradient")),
        Algorithm(
            "blocked",
            blocked.input_gradient,
            blocked.unsupported,
            predict=predicted.implicit_gemm("input_gradient", blocked.RUNG),
        ),
        Algorithm(
            "pipelined",
            pipelined.input_gradient,
            blocked.unsupported,
            predict=predicted.implicit_gemm("input_gradient", pipelined.RUNG),
            capability=ASYNC_COPIES,
        ),
        Algorithm("winograd", winograd.input_gradient, winograd.unsupported, winograd.prefers),
        Algorithm(
            "pointwise",
            pointwise.input_gradient,
            pointwise.unsupported,
            predict=predicted.implicit_gemm("input_gradient", pointwise.RUNG),
            capability=ASYNC_COPIES,
        ),
    ),
    "weight_gradient": table(
        Algorithm(
            "depthwise",
            depthwise.weight_gradient,
            depthwise.unsupported,
            prefers=_on_a_gpu,
            predict=predicted.depthwise("weight_gradient"),
        ),
        Algorithm(
            "tiled",
            tiled.weight_gradient,
            prefers=_on_a_gpu,
            predict=predicted.tiled("weight_gradient"),
        ),
        Algorithm("direct", direct.weight_gradient, predict=predicted.direct("weight_gradient")),
        Algorithm(
            "blocked",
            blocked.weight_gradient,
            blocked.unsupported,
            predict=predicted.weight_gemm(blocked.WEIGHT_RUNG),
        ),
        Algorithm(
            "pipelined",
            pipelined.weight_gradient,
            blocked.unsupported,
            predict=predicted.weight_gemm(pipelined.WEIGHT_RUNG),
            capability=ASYNC_COPIES,
        ),
        Algorithm(
            "pointwise",
            pointwise.weight_gradient,
            pointwise.unsupported,
            predict=predicted.weight_gemm(pipelined.WEIGHT_RUNG),
            capability=ASYNC_COPIES,
        ),
    ),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}
