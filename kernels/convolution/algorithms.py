"""The ways to compute each direction of conv2d, and which of them runs when none is named.

On a GPU the one with the least predicted time does (predicted.py). To be asked for are winograd,
whose bound is wider, tensor_core on float32, which it rounds, unless TF32 is allowed, and
warp_group and warp_group_3x, which no GPU has run. On the CPU device it is the first of the table
that prefers the problem: a barrier there switches between all fibers of a block, which leaves
`direct`, and `depthwise`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.convolution import (
    blocked,
    depthwise,
    direct,
    pipelined,
    pointwise,
    predicted,
    tensor_core,
    tensor_core_3x,
    tiled,
    warp_group,
    warp_group_3x,
    winograd,
)
from crosscheck.kernels.convolution.predicted import Predict
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_cores import predicted as on_tensor_cores
from crosscheck.kernels.dtypes import REALS, SHORT
from crosscheck.kernels.precision import TF32
from crosscheck.kernels.ptx import ASYNC_COPIES, WARP_GROUPS
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


def _strict(direction: str, problem: Problem, device: str) -> bool:
    """Whether three products of TF32 are as close as float32's own sum of a direction."""
    terms = tensor_core_3x.least_terms(direction, problem)
    return device != "cpu" and terms >= tensor_core_3x.LEAST_TERMS


def _when_named(problem: Problem, device: str) -> bool:
    """No problem is preferred: wgmma has not been run on a GPU yet."""
    return False


def _products(
    direction: str, more: Sequence[Algorithm] = (), last: Sequence[Algorithm] = ()
) -> dict[str, Algorithm]:
    """Return the algorithms of a direction, with more of its own before `pointwise`, and last."""
    on_weight = direction == "weight_gradient"

    def predict(rung: ModuleType) -> Predict:
        if on_weight:
            return predicted.weight_gemm(rung.WEIGHT_RUNG)
        return predicted.implicit_gemm(direction, rung.RUNG)

    return table(
        Algorithm(
            "depthwise",
            getattr(depthwise, direction),
            depthwise.unsupported,
            prefers=_on_a_gpu if on_weight else _several,
            predict=predicted.depthwise(direction),
        ),
        Algorithm(
            "tiled",
            getattr(tiled, direction),
            prefers=_on_a_gpu,
            predict=predicted.tiled(direction),
        ),
        Algorithm("direct", getattr(direct, direction), predict=predicted.direct(direction)),
        Algorithm(
            "blocked",
            getattr(blocked, direction),
            blocked.unsupported,
            predict=predict(blocked),
        ),
        Algorithm(
            "pipelined",
            getattr(pipelined, direction),
            blocked.unsupported,
            predict=predict(pipelined),
            capability=ASYNC_COPIES,
            dtypes=REALS,
        ),
        *more,
        Algorithm(
            "pointwise",
            getattr(pointwise, direction),
            pointwise.unsupported,
            predict=predict(pointwise),
            capability=ASYNC_COPIES,
            dtypes=REALS,
        ),
        Algorithm(
            "tensor_core",
            getattr(tensor_core, direction),
            tensor_core.unsupported,
            prefers=_on_a_gpu,
            predict=on_tensor_cores.rung(direction, tensor_core),
            capability=ASYNC_COPIES,
            float32_precision=TF32,
            dtypes=(np.float32, *SHORT),
        ),
        Algorithm(
            "tensor_core_3x",
            getattr(tensor_core_3x, direction),
            tensor_core_3x.unsupported,
            prefers=partial(_strict, direction),
            predict=on_tensor_cores.rung(direction, tensor_core_3x),
            capability=ASYNC_COPIES,
            dtypes=(np.float32,),
        ),
        *last,
    )


def _winograd(run: Callable[..., None]) -> list[Algorithm]:
    return [Algorithm("winograd", run, winograd.unsupported, winograd.prefers)]


def _warp_groups(direction: str) -> list[Algorithm]:
    return [
        Algorithm(
            "warp_group",
            getattr(warp_group, direction),
            tensor_core.unsupported,
            prefers=_when_named,
            only_on=WARP_GROUPS,
            float32_precision=TF32,
            dtypes=(np.float32, *SHORT),
        ),
        Algorithm(
            "warp_group_3x",
            getattr(warp_group_3x, direction),
            tensor_core_3x.unsupported,
            prefers=_when_named,
            only_on=WARP_GROUPS,
            dtypes=(np.float32,),
        ),
    ]


ALGORITHMS = {
    "forward": _products("forward", _winograd(winograd.forward), _warp_groups("forward")),
    "input_gradient": _products(
        "input_gradient", _winograd(winograd.input_gradient), _warp_groups("input_gradient")
    ),
    "weight_gradient": _products("weight_gradient"),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}
