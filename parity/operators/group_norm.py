"""group_norm: the bounds are those of parity/shared/grouped_bounds.py, a row a sample's group."""

from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import group_norm
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import grouped
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.grouped_bounds import Split

AFFINE = ("weight", "bias")


def _split(shape: Shape, options: Options) -> Split:
    n, channels, *rest = shape
    return Split(n * options["num_groups"], (n, channels, prod(rest)))


def _fuzz(rng: np.random.Generator) -> Drawn:
    groups, width = extent(rng, 4), extent(rng, 3)
    shape = (2, groups * width, *(extent(rng, 5) for _ in range(rng.integers(0, 4))))
    inputs: dict[str, Any] = {"input": shape}
    inputs |= {name: shape[1:2] for name in AFFINE if rng.random() < 0.7}
    return inputs, {"num_groups": groups, "eps": one_of(rng, (1e-5, 1e-5, 1e-3, 3.0))}


def _with_weight(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    """PyTorch's CPU gradient fails for a bias without a weight: "tensor does not have a device"."""
    if "bias" in inputs and "weight" not in inputs:
        return {**inputs, "weight": np.ones_like(inputs["bias"])}, options
    return inputs, options


OPERATOR = grouped.operator(
    "group_norm",
    group_norm,
    _split,
    parameters=("input", "num_groups", "weight", "bias", "eps"),
    fuzz=_fuzz,
    reference_arguments=_with_weight,
)


def _norm(
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    groups: int = 2,
    given: tuple[str, ...] = AFFINE,
    layout: str = "contiguous",
    values: str = "normal",
    **options: Any,
) -> Problem:
    shape = input.shape if isinstance(input, np.ndarray) else input
    inputs = {"input": input, **dict.fromkeys(given, shape[1:2])}
    options = {"num_groups": groups, **options}
    return Problem("group_norm", name, reason, inputs, options, layout, values)


PROBLEMS = (
    _norm("images", "everything given", (3, 6, 4, 5)),
    _norm("bare", "no weight, no bias", (3, 4, 5), given=()),
    _norm("weight-only", "a scale without an offset", (3, 6, 5), 3, ("weight",)),
    _norm("bias-only", "an offset without a scale", (3, 4, 5), given=("bias",)),
    _norm("vectors", "two dimensions", (4, 6)),
    _norm("volumes", "five dimensions", (2, 4, 2, 3, 2)),
    _norm("one-group", "all channels together", (3, 4, 5), 1),
    _norm("groups-of-one", "every channel by itself", (3, 4, 5), 4),
    _norm("one-element", "variance 0: the output is the bias", (2, 3, 1), 3),
    _norm("empty-groups", "their mean is NaN, and so is the weight's gradient", (2, 4, 0)),
    _norm("zero-batch", "gradients that are sums of nothing", (0, 4, 3)),
    _norm("longer-than-a-block", "a thread reads several elements of a row", (1, 4, 19, 17)),
    _norm("eps-large", "eps is as large as the variance", (3, 4, 6), eps=0.5),
    _norm(
        "mean-1e3",
        "x - mean cancels three digits",
        np.random.default_rng(0).standard_normal((2, 4, 12)) + 1e3,
    ),
    _norm("nan", "NaN stays in its group", (4, 4, 5), values="nan"),
    _norm("infinities", "infinities stay in their groups", (4, 6, 2), values="infinities"),
    _norm("integers", "sums exact in any order", (5, 4, 4), eps=3.0),
    *(
        _norm(layout, f"every array {layout}", (2, 4, 6, 5), layout=layout)
        for layout in ("strided", "channels_last", "reversed", "transposed")
    ),
)
SPECIAL_VALUES = ("vectors",)


def _wrong(
    wrong: str, input: np.ndarray, groups: Any, weight: Shape | None = None, **options: Any
) -> Problem:
    inputs = {"input": input} | ({} if weight is None else {"weight": zeros(*weight)})
    return rejected("group_norm", wrong, inputs, num_groups=groups, **options)


REJECTS = (
    _wrong("channels that are no multiple", zeros(2, 3, 4), 2),
    _wrong("no groups", zeros(2, 3, 4), 0),
    _wrong("a vector", zeros(3), 1),
    _wrong("one group of one element", zeros(1, 3, 1), 3),
    _wrong("a weight of another length", zeros(2, 4, 3), 2, (2,)),
    _wrong("integers", zeros(2, 4, 3, dtype="int64"), 2),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.normalization.grouped", right, wrong, "group_norm", case)


FAULTS = (
    _fault(
        "every group has the first one's weights",
        "r % groups * width + l // inner",
        "l // inner",
        "images",
    ),
    _fault(
        "a channel is of one element",
        "r % groups * width + l // inner",
        "r % groups * width + l % width",
        "images",
    ),
    _fault(
        "the samples run before the groups",
        "r % groups * width + l // inner",
        "r // groups * width + l // inner",
        "images",
    ),
    _fault(
        "the weight's gradient of empty groups is 0",
        "dweight.fill(math.nan)",
        "dweight.fill(0)",
        "empty-groups",
    ),
    Fault(
        "channels that are no multiple are accepted",
        group_norm.__name__,
        "if channels % groups:",
        "if False:",
        "group_norm",
        "rejects-channels-that-are-no-multiple",
    ),
)
