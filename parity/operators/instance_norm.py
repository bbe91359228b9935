"""instance_norm: the bounds are those of parity/shared/grouped_bounds.py, a row being a channel."""

from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import instance_norm as kernels
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import grouped
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.grouped_bounds import RUNNING, Split

AFFINE = ("weight", "bias")


def _split(shape: Shape, options: Options) -> Split:
    n, channels, *rest = shape
    return Split(n * channels, (n, channels, prod(rest)))


def _fuzz(rng: np.random.Generator) -> Drawn:
    own = bool(rng.random() < 0.7)
    shape = extent(rng, 3), extent(rng, 4), *(extent(rng, 5) for _ in range(rng.integers(0, 3))), 4
    inputs: dict[str, Any] = {"input": shape}
    names = RUNNING if not own or rng.random() < 0.4 else ()
    names += tuple(name for name in AFFINE if rng.random() < 0.7)
    inputs |= {name: shape[1:2] for name in names}
    rates = {"momentum": one_of(rng, (0.1, 0.5, 1.0)), "eps": one_of(rng, (1e-5, 1e-5, 1e-3, 3.0))}
    return inputs, {"use_input_stats": own, **rates}


def _positive(normal: np.ndarray, inputs: Arrays) -> np.ndarray:
    return np.abs(normal) + 0.5


OPERATOR = grouped.operator(
    "instance_norm",
    kernels,
    _split,
    parameters=("input", *RUNNING, *AFFINE, "use_input_stats", "momentum", "eps"),
    constants=RUNNING,
    updates=RUNNING,
    fuzz=_fuzz,
    fill={"running_var": _positive},
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


EVERYTHING = (*RUNNING, *AFFINE)
PROBLEMS = (
    _norm("images", "everything given", (3, 6, 4, 5)),
    _norm("bare", "no weight, no bias", (3, 4, 5), ()),
    _norm("bias-only", "an offset without a scale", (3, 4, 5), ("bias",)),
    _norm("volumes", "five dimensions", (2, 4, 2, 3, 2)),
    _norm("eps-large", "eps is as large as the variance", (3, 4, 6), eps=0.5),
    _norm("infinities", "infinities stay in their channels", (4, 6, 2), values="infinities"),
    _norm("running", "running statistics, everything given", (3, 6, 4, 5), EVERYTHING),
    _norm("running-only", "without weight and bias", (2, 3, 5), RUNNING),
    _norm("momentum-0", "the running statistics stay", (3, 2, 4), RUNNING, momentum=0.0),
    _norm("momentum-1", "they become the samples' mean", (3, 2, 4), RUNNING, momentum=1.0),
    _norm("one-sample", "the mean of one sample", (1, 4, 7), EVERYTHING, momentum=0.5),
    _norm("no-elements", "the running statistics stay", (2, 3, 0, 4), EVERYTHING),
    _norm("running-strided", "statistics with gaps", (2, 4, 3, 5), EVERYTHING, "strided"),
    *(
        _norm(f"eval-{name}", reason, shape, given, use_input_stats=False)
        for name, reason, shape, given in (
            ("images", "running statistics, everything given", (3, 6, 4, 5), EVERYTHING),
            ("bare", "running statistics alone", (2, 3, 5), RUNNING),
            ("one-value", "what own statistics refuse", (2, 3, 1), EVERYTHING),
            ("vectors", "two dimensions", (4, 3), EVERYTHING),
            ("no-elements", "no row has an element", (2, 3, 0), EVERYTHING),
        )
    ),
    _norm("integers-eval", "exact", (2, 3, 4), EVERYTHING, use_input_stats=False, eps=3.0),
    _norm("integers", "sums exact in any order", (5, 4, 4), eps=3.0),
    _norm("channels_last", "channels beside each other", (2, 4, 6, 5), layout="channels_last"),
)
SPECIAL_VALUES = ("bare", "one-sample", "eval-images")

REJECTS = (
    rejected("instance_norm", "channels of one element", {"input": zeros(2, 3, 1)}),
    rejected("instance_norm", "two dimensions", {"input": zeros(2, 3)}),
    rejected(
        "instance_norm",
        "a running mean alone",
        {"input": zeros(2, 3, 4), "running_mean": zeros(3)},
        running_var=None,
    ),
    rejected(
        "instance_norm",
        "a running variance of another length",
        {"input": zeros(2, 3, 4), "running_mean": zeros(3), "running_var": zeros(4)},
    ),
    rejected(
        "instance_norm",
        "no statistics at all",
        {"input": zeros(2, 3, 4)},
        running_mean=None,
        running_var=None,
        use_input_stats=False,
    ),
    rejected("instance_norm", "a weight too few", {"input": zeros(2, 3, 4), "weight": zeros(2)}),
)

GROUPED = "crosscheck.kernels.normalization.grouped"


def _fault(what: str, right: str, wrong: str, case: str, module: str = kernels.__name__) -> Fault:
    return Fault(f"{what}: instance_norm", module, right, wrong, "instance_norm", case)


FAULTS = (
    _fault(
        "every channel has the first one's weight",
        "r % groups * width + l // inner",
        "l // inner",
        "images",
        GROUPED,
    ),
    _fault(
        "statistics of a channel are repeated side by side",
        "rows[...] = statistic\n    return rows.reshape(-1)",
        "rows[...] = statistic\n    return rows.T.reshape(-1)",
        "running",
    ),
    _fault(
        "the running statistics are those of the first sample",
        "reduce.add_up(found.reshape(groups.samples, -1), (0,), each, mean=True)",
        "each[...] = found.reshape(groups.samples, -1)[0]",
        "running",
    ),
    _fault(
        "running statistics learn nothing",
        "if x.size:  # PyTorch learns",
        "if False:  # PyTorch learns",
        "momentum-1",
    ),
    _fault(
        "the gradient goes through running statistics",
        'input_plan(input, _groups(op, "input.shape", input, use_input_stats)',
        'input_plan(input, _groups(op, "input.shape", input)',
        "eval-images",
    ),
)
