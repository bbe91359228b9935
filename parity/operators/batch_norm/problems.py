"""batch_norm problems: statistics of many, few and no values, near to zero and far from it.

With eps = 3 and a variance of 1, 1 / sqrt(variance + eps) is exact: those are checked on integers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros

RUNNING = ("running_mean", "running_var")
AFFINE = ("weight", "bias")


def _norm(
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    given: tuple[str, ...] = (*RUNNING, *AFFINE),
    layout: str = "contiguous",
    values: str = "normal",
    arrays: Mapping[str, np.ndarray] = MappingProxyType({}),
    **options: Any,
) -> Problem:
    shape = input.shape if isinstance(input, np.ndarray) else input
    inputs = {"input": input, **{each: (shape[1],) for each in given}, **arrays}
    options = {"training": True, **options}
    return Problem("batch_norm", name, reason, inputs, options, layout, values)


def _far(shape: Shape, mean: float, deviation: float = 1.0) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape) * deviation + mean


TRAINING = (
    _norm("images", "everything given", (3, 4, 5, 6)),
    _norm("bare", "no weight, no bias, no running statistics", (3, 4, 5, 6), ()),
    _norm("weight-only", "a scale without an offset", (3, 4, 5), ("weight",)),
    _norm("bias-only", "an offset without a scale", (3, 4, 5), ("bias",)),
    _norm("running-only", "running statistics without weight and bias", (3, 4, 5), RUNNING),
    _norm("vectors", "two dimensions", (6, 5)),
    _norm("volumes", "five dimensions", (2, 3, 2, 4, 3)),
    _norm("six-dimensions", "PyTorch takes any number", (2, 3, 2, 1, 2, 3)),
    _norm("two-values", "the unbiased variance is twice the other", (2, 3)),
    _norm("one-image", "statistics of a single image", (1, 4, 6, 5)),
    _norm("one-channel", "one block", (4, 1, 3, 3)),
    _norm("many-channels", "more channels than a block has threads", (2, 300, 2)),
    *(_norm(f"values-{n}", "values around a block's threads", (n, 2, 1)) for n in (127, 128, 129)),
    _norm("rows-longer-than-a-block", "a thread reads several values of a row", (2, 2, 19, 17)),
    _norm("rows-shorter-than-a-block", "a thread's next value is in another row", (70, 2, 3)),
    _norm("zero-batch", "no image: the running statistics stay", (0, 3, 4, 4)),
    _norm("no-pixels", "images without pixels", (2, 3, 0)),
    _norm("momentum-0", "the running statistics stay", (3, 2, 4), momentum=0.0),
    _norm("momentum-1", "the running statistics are the batch's", (3, 2, 4), momentum=1.0),
    _norm("momentum-negative", "PyTorch accepts it", (3, 2, 4), momentum=-1.5),
    _norm("eps-large", "eps is as large as the variance", (3, 2, 4), eps=0.5),
    _norm("eps-small", "eps is almost 0", (3, 2, 4), eps=1e-12),
    _norm("mean-1e3", "x - mean cancels three digits", _far((8, 3, 4, 4), 1e3)),
    _norm("mean-1e5", "the mean's own rounding shows", _far((8, 3, 4, 4), -1e5)),
    _norm("deviation-1e-4", "a variance below eps", _far((8, 3, 4, 4), 1.0, 1e-4)),
    _norm(
        "deviation-ulps",
        "the first mean is off by as much as the deviation: the variance must not show it",
        _far((4, 24, 2, 2), 1030, 1e-4),
        eps=1e-12,
    ),
    _norm(
        "first-value-far-out",
        "where one read takes its shift from, the squares are much larger than the variance",
        np.concatenate([np.full((1, 3, 4), 300.0), _far((7, 3, 4), 1.0)]),
    ),
    *(
        _norm(f"quads-{order}", f"channels and pixels in quads, {why}", (9, 8, 3, 4), layout=order)
        for order, why in (("contiguous", "four pixels a load"), ("channels_last", "four channels"))
    ),
    _norm("parts", "channels that several blocks add up", (5, 2, 48, 48)),
    _norm("parts-channels_last", "the same", (5, 4, 24, 24), layout="channels_last"),
    _norm("quads-of-two-channels", "a quad across the border of two planes", (6, 4, 5, 5)),
    _norm("constant", "variance 0: output is the bias", (4, 2, 3, 3), values="constant"),
    _norm("constant-1-3", "variance 0 about a mean that is rounded", np.full((7, 2, 3), 1 / 3)),
    _norm("nan", "NaN stays in its channel", (3, 4, 5), values="nan"),
    _norm("infinities", "infinities stay in their channels", (1, 7, 3), values="infinities"),
    _norm("ties", "few different values", (4, 3, 5), values="ties"),
    _norm("tiny", "squares below the smallest number", (4, 3, 5), values="tiny"),
    *(
        _norm(f"integers-{n}", "sums exact in any order", (n, 3, 2, 2), AFFINE, eps=3.0)
        for n in (1, 4, 16, 64)
    ),
    _norm("integers-volumes", "exact, five dimensions", (2, 3, 4, 2, 2), AFFINE, eps=3.0),
    _norm("integers-256", "exact, more values than threads", (4, 2, 8, 8), AFFINE, eps=3.0),
    *(
        _norm(f"integers-{layout}", "exact", (2, 3, 4, 4), AFFINE, layout, eps=3.0)
        for layout in ("strided", "channels_last", "reversed")
    ),
    _norm("integers-running", "exact, running statistics too", (2, 5), eps=3.0, momentum=0.5),
    *(
        _norm(layout, f"every array {layout}", (2, 3, 6, 5), layout=layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)


def _eval(name: str, reason: str, input: Shape | np.ndarray, *given: str, **how: Any) -> Problem:
    return _norm(f"eval-{name}", reason, input, (*RUNNING, *given), training=False, **how)


EVALUATION = (
    _eval("images", "running statistics, everything given", (3, 4, 5, 6), *AFFINE),
    _eval("bare", "no weight, no bias", (3, 4, 5)),
    _eval("weight-only", "a scale without an offset", (3, 4, 5), "weight"),
    _eval("vectors", "two dimensions", (6, 5), *AFFINE),
    _eval("volumes", "five dimensions", (2, 3, 2, 4, 3), *AFFINE),
    _eval("one-value", "what training refuses", (1, 3), *AFFINE),
    _eval("zero-batch", "no image", (0, 3, 4), *AFFINE),
    _eval(
        "far",
        "x and its mean are large: their difference cancels",
        _far((4, 3, 5), 1e3),
        *AFFINE,
        arrays={"running_mean": _far((3,), 1e3)},
    ),
    _eval(
        "variance-edges",
        "a variance of -eps divides by 0, a lower one has no root, an infinite one leaves the bias",
        (3, 4, 5),
        *AFFINE,
        arrays={"running_var": np.array([-(2.0**-10), -1.0, 0.0, np.inf])},
        eps=2.0**-10,
    ),
    _eval("eps-0", "no eps: every variance is above 0", (3, 4, 5), *AFFINE, eps=0.0),
    _eval("nan", "NaN stays where it is", (3, 4, 5), *AFFINE, values="nan"),
    _eval("infinities", "infinities stay where they are", (3, 4, 5), *AFFINE, values="infinities"),
    _eval("integers", "exact", (5, 3, 4, 3), *AFFINE, eps=3.0),
    _eval("channels-300", "more channels than a block has threads", (2, 300), *AFFINE),
    *(
        _eval(layout, f"every array {layout}", (2, 3, 6, 5), *AFFINE, layout=layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)

PROBLEMS = (*TRAINING, *EVALUATION)
SPECIAL_VALUES = ("vectors", "eval-vectors")

LAYERS = (
    _norm("resnet-stem", "the first of ResNet-18", (2, 64, 56, 56)),
    _norm("resnet-last", "many channels, few values", (4, 512, 7, 7)),
)


def _wrong(
    wrong: str,
    input: np.ndarray | None = None,
    running: tuple[int, int] | None = (3, 3),
    more: dict[str, np.ndarray] | None = None,
    **options: Any,
) -> Problem:
    inputs = {"input": zeros(2, 3, 4) if input is None else input, **(more or {})}
    if running is not None:
        inputs |= {name: zeros(size) for name, size in zip(RUNNING, running, strict=True)}
    return rejected("batch_norm", wrong, inputs, **options)


REJECTS = (
    _wrong("one value per channel", zeros(1, 3), training=True),
    _wrong("one value per channel in an image", zeros(1, 3, 1, 1), training=True),
    _wrong("a vector", zeros(3)),
    _wrong("a vector in training", zeros(3), training=True),
    _wrong("integers", zeros(2, 3, dtype="int64")),
    _wrong("evaluation without statistics", running=None, running_mean=None, running_var=None),
    _wrong(
        "evaluation without a variance",
        running=None,
        more={"running_mean": zeros(3)},
        running_var=None,
    ),
    _wrong(
        "a mean without a variance",
        running=None,
        more={"running_mean": zeros(3)},
        running_var=None,
        training=True,
    ),
    _wrong(
        "a variance without a mean",
        running=None,
        more={"running_var": zeros(3)},
        running_mean=None,
        training=True,
    ),
    _wrong("a running mean of another length", running=(2, 3)),
    _wrong("a running variance of another length", running=(3, 4)),
    _wrong("a weight of another length", more={"weight": zeros(2)}),
    _wrong("a bias of another length", more={"bias": zeros(4)}),
    _wrong("a weight of another dtype", more={"weight": zeros(3, dtype="float64")}),
    _wrong("eps 0 in training", training=True, eps=0.0),
    _wrong("a negative eps", eps=-1e-5),
    _wrong("no momentum", momentum=None),
    _wrong("a momentum in words", momentum="0.1"),
    _wrong("training by number", training=1),
)
