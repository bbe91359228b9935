"""instance_norm: group_norm with a group for each channel, whose kernels and bounds are its own."""

from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import group_norm
from crosscheck.parity.case import Shape
from crosscheck.parity.direction import Tensors
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import grouped
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.grouped import Split

AFFINE, RUNNING = ("weight", "bias"), ("running_mean", "running_var")


def _split(shape: Shape, options: Options) -> Split:
    n, channels, *rest = shape
    return Split(n * channels, (n, channels, prod(rest)))


def _kernel_arguments(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    return tensors, {**options, "num_groups": tensors["input"].shape[1]}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if any(name in inputs for name in RUNNING) or not options.get("use_input_stats", True):
        return "running statistics"
    return ""


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = extent(rng, 3), extent(rng, 4), *(extent(rng, 5) for _ in range(rng.integers(0, 3))), 4
    inputs: dict[str, Any] = {"input": shape}
    inputs |= {name: shape[1:2] for name in AFFINE if rng.random() < 0.7}
    return inputs, {"eps": one_of(rng, (1e-5, 1e-5, 1e-3, 3.0))}


OPERATOR = grouped.operator(
    "instance_norm",
    group_norm,
    _split,
    parameters=("input", *RUNNING, *AFFINE, "use_input_stats", "momentum", "eps"),
    fuzz=_fuzz,
    kernel_arguments=_kernel_arguments,
    out_of_scope=_out_of_scope,
)


def _norm(
    name: str,
    reason: str,
    input: Shape,
    given: tuple[str, ...] = AFFINE,
    layout: str = "contiguous",
    values: str = "normal",
    **options: Any,
) -> Problem:
    inputs = {"input": input, **dict.fromkeys(given, input[1:2])}
    return Problem("instance_norm", name, reason, inputs, options, layout, values)


PROBLEMS = (
    _norm("images", "everything given", (3, 6, 4, 5)),
    _norm("bare", "no weight, no bias", (3, 4, 5), ()),
    _norm("bias-only", "an offset without a scale", (3, 4, 5), ("bias",)),
    _norm("volumes", "five dimensions", (2, 4, 2, 3, 2)),
    _norm("eps-large", "eps is as large as the variance", (3, 4, 6), eps=0.5),
    _norm("infinities", "infinities stay in their channels", (4, 6, 2), values="infinities"),
    _norm("integers", "sums exact in any order", (5, 4, 4), eps=3.0),
    _norm("channels_last", "channels beside each other", (2, 4, 6, 5), layout="channels_last"),
)
SPECIAL_VALUES = ("bare",)

REJECTS = (
    rejected("instance_norm", "channels of one element", {"input": zeros(2, 3, 1)}),
    rejected("instance_norm", "two dimensions", {"input": zeros(2, 3)}),
    rejected("instance_norm", "a weight too few", {"input": zeros(2, 3, 4), "weight": zeros(2)}),
)

FAULTS = (
    Fault(
        "every channel has the first one's weight: instance_norm",
        "crosscheck.kernels.normalization.grouped",
        "r % groups * width + l // inner",
        "l // inner",
        "instance_norm",
        "images",
    ),
)
