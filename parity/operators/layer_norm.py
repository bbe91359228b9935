"""layer_norm: the bounds are those of parity/shared/grouped_bounds.py, a row being one sample."""

from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import layer_norm
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import grouped
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.grouped_bounds import Split

AFFINE = ("weight", "bias")


def _split(shape: Shape, options: Options) -> Split:
    last = options["normalized_shape"]
    rows = prod(shape[: len(shape) - len(last)])
    return Split(rows, (rows, prod(last), 1))


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 6) for _ in range(rng.integers(1, 5)))
    last = shape[rng.integers(len(shape)) :]
    inputs: dict[str, Any] = {"input": shape}
    inputs |= {name: last for name in AFFINE if rng.random() < 0.7}
    return inputs, {"normalized_shape": last, "eps": one_of(rng, (1e-5, 1e-5, 1e-3, 3.0))}


OPERATOR = grouped.operator(
    "layer_norm",
    layer_norm,
    _split,
    parameters=("input", "normalized_shape", "weight", "bias", "eps"),
    fuzz=_fuzz,
)


def _norm(
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    axes: int = 1,
    given: tuple[str, ...] = AFFINE,
    layout: str = "contiguous",
    values: str = "normal",
    **options: Any,
) -> Problem:
    shape = input.shape if isinstance(input, np.ndarray) else input
    last = tuple(shape[len(shape) - axes :])
    inputs = {"input": input, **dict.fromkeys(given, last)}
    options = {"normalized_shape": last, **options}
    return Problem("layer_norm", name, reason, inputs, options, layout, values)


def _far(shape: Shape, mean: float) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape) + mean


PROBLEMS = (
    _norm("rows", "everything given", (3, 4, 5)),
    _norm("bare", "no weight, no bias", (3, 4, 5), given=()),
    _norm("weight-only", "a scale without an offset", (3, 4, 5), 2, ("weight",)),
    _norm("bias-only", "an offset without a scale", (3, 4, 5), 2, ("bias",)),
    _norm("images", "weights of three dimensions", (2, 3, 4, 5), 3),
    _norm("vector", "one row: nothing is before it", (9,)),
    _norm("one-element", "variance 0: the output is the bias", (4, 1)),
    _norm("no-rows", "gradients that are sums of nothing", (0, 3, 4)),
    _norm("no-elements", "rows without elements", (3, 0)),
    _norm("longer-than-a-block", "a thread reads several elements of a row", (2, 323)),
    _norm("quads", "rows in quads", (9, 8, 12)),
    _norm("many-rows", "more rows than a block has threads", (300, 4)),
    _norm("eps-large", "eps is as large as the variance", (3, 8), eps=0.5),
    _norm("mean-1e3", "x - mean cancels three digits", _far((4, 24), 1e3)),
    _norm("constant", "variance 0", (4, 6), values="constant"),
    _norm("nan", "NaN stays in its row", (4, 5), values="nan"),
    _norm("infinities", "infinities stay in their rows", (7, 3), values="infinities"),
    _norm("tiny", "squares below the smallest number", (4, 5), values="tiny"),
    _norm("integers", "sums exact in any order", (5, 4, 4), 2, eps=3.0),
    *(
        _norm(layout, f"every array {layout}", (2, 3, 6, 5), 2, layout=layout)
        for layout in ("strided", "channels_last", "reversed", "transposed")
    ),
)
SPECIAL_VALUES = ("rows",)


def _wrong(
    wrong: str, input: np.ndarray, shape: Shape, weight: Shape | None = None, **options: Any
) -> Problem:
    inputs = {"input": input} | ({} if weight is None else {"weight": zeros(*weight)})
    return rejected("layer_norm", wrong, inputs, normalized_shape=shape, **options)


REJECTS = (
    _wrong("another shape", zeros(2, 3), (2,)),
    _wrong("a longer shape", zeros(2, 3), (1, 2, 3)),
    _wrong("no shape", zeros(2, 3), ()),
    _wrong("a weight of another shape", zeros(2, 3), (3,), (2, 3)),
    _wrong("eps in words", zeros(2, 3), (3,), eps="0.1"),
    _wrong("integers", zeros(2, 3, dtype="int64"), (3,)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.normalization.grouped", right, wrong, "layer_norm", case)


FAULTS = (
    _fault(
        "the scale is that of the first row",
        "scale, offset = rstd[r]",
        "scale, offset = rstd[0]",
        "rows",
    ),
    _fault(
        "the deviation is squared, the weight left out: layer_norm",
        "scale *= weight[c]",
        "scale *= rstd[r]",
        "rows",
    ),
    _fault(
        "the bias of the first element is that of all",
        "offset = bias[c]",
        "offset = bias[0]",
        "bias-only",
    ),
    _fault(
        "the weight's terms forget the mean",
        "dy[r, l] * ((x[r, l] - mean[r]) * rstd[r])",
        "dy[r, l] * (x[r, l] * rstd[r])",
        "rows",
    ),
    _fault(
        "the weight's terms are not divided by the deviation",
        "(x[r, l] - mean[r]) * rstd[r])",
        "(x[r, l] - mean[r]))",
        "rows",
    ),
    _fault(
        "the input's gradient forgets the weight",
        "dy[r, l] * weight[channel_of(r, l, groups, width, inner)]",
        "dy[r, l]",
        "weight-only",
    ),
    _fault("the statistics ignore eps", "momentum, groups.eps)", "momentum, 0.0)", "eps-large"),
    Fault(
        "a shape that is not the last one is accepted",
        layer_norm.__name__,
        "if not normalized_shape or lead < 0 or",
        "if lead < 0 and",
        "layer_norm",
        "rejects-another-shape",
    ),
)
