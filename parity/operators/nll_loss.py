"""nll_loss: one element of each row, times -w[t]; their sum; or that by the sum of the w[t].

Bounds by running error analysis, see parity/shared/rounded.py: of a product, of a sum of n of them
(as in parity/shared/pointwise.py), and of a quotient by a sum of weights. Without weights a loss of
'none' is exact, and so is its gradient.
"""

import numpy as np

from crosscheck.kernels.loss import nll_loss as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import rounded, sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of
from crosscheck.parity.shared.pointwise import REDUCTIONS, positive, total
from crosscheck.parity.shared.rounded import Rounded


def _rows(call: ReferenceCall, target: np.ndarray, rank: int) -> tuple[np.ndarray, tuple]:
    """Return which targets count, and the index of their elements in the input."""
    axis = min(rank - 1, 1)
    target = target.reshape(() if rank == 1 else target.shape).astype(np.int64)
    counts = target != call.options.get("ignore_index", -100)
    places = list(np.indices(target.shape))
    places.insert(axis, np.where(counts, target, 0))
    return counts, tuple(places)


def _results(arrays: Arrays, call: ReferenceCall, dtype: str) -> dict[str, Rounded]:
    x, g = (rounded.given(arrays[name], dtype) for name in ("input", "grad_output"))
    counts, places = _rows(call, arrays["target"], x.value.ndim)
    reduction, n = call.options.get("reduction", "mean"), counts.size

    def only(a: Rounded, where: np.ndarray) -> Rounded:
        """Return 0 where the condition does not hold."""
        return rounded.select(where, a, rounded.number(0, dtype))

    if n == 0 or x.value.size == 0:
        nothing = rounded.given(np.zeros(x.value.shape), dtype)
        y = np.full(counts.shape if reduction == "none" else (), np.nan)
        return {"forward": rounded.given(y, dtype), "input_gradient": nothing}
    w = rounded.number(1, dtype)
    if "weight" in arrays:
        classes = places[min(x.value.ndim - 1, 1)]
        w = rounded.given(arrays["weight"][classes], dtype)
    w = Rounded(w.value * np.ones(counts.shape), 0 * counts, dtype)
    y = rounded.given(x.value[places], dtype)
    y = only(-(y * w) if "weight" in arrays else -y, counts)
    if reduction != "none":
        y = total(y)
    slope = g
    if reduction == "mean":
        weights = total(only(w, counts))
        y, slope = y / weights, g / weights
    slope = -(w * slope) if "weight" in arrays else -slope
    spread = np.zeros((3, *x.value.shape))
    for field, values in zip(spread, (slope.value, slope.error, slope.before), strict=True):
        field[places] = np.where(counts, values, 0.0)
    value, error, before = spread
    return {"forward": y, "input_gradient": Rounded(value, error, dtype, before, before)}


@np.errstate(all="ignore")
def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    arrays = {**inputs, "grad_output": grad_output}
    ours, theirs = (_results(arrays, call, kind) for kind in (dtype, "float64"))
    return {
        name: np.broadcast_to(ours[name].error + theirs[name].error, each.shape)
        for name, each in exact.items()
    }


@np.errstate(all="ignore")
def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    found = _results({**inputs, "grad_output": grad_output}, call, dtype)
    return {name: np.broadcast_to(found[name].before, each.shape) for name, each in exact.items()}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return integers of which the loss is an integer; a mean is a quotient."""
    if call.options.get("reduction", "mean") == "mean":
        raise NoIntegers("a mean divides by the number of targets that count")
    shapes = dict(call.shapes)
    amplitude = int(sums.largest_product(int(np.prod(shapes["target"]))) ** 0.5)
    shape = shapes["target"] if call.options["reduction"] == "none" else ()
    shape = () if len(shapes["input"]) == 1 else shape
    return sums.integers(call, seed, {"grad_output": shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    rank = int(rng.integers(1, 5))
    shape = tuple(extent(rng, 7) for _ in range(rank))
    axis = min(rank - 1, 1)
    classes = shape[axis]
    target = np.asarray(rng.integers(0, classes, shape[:axis] + shape[axis + 1 :]))
    inputs = {"input": shape, "target": target}
    options = {"reduction": one_of(rng, REDUCTIONS)}
    if rank > 1 and rng.random() < 0.5:
        options["ignore_index"] = int(rng.integers(-1, classes))
    if rng.random() < 0.5:
        inputs["weight"] = (classes,)
    return inputs, options


OPERATOR = Operator(
    name="nll_loss",
    kernels=kernels,
    parameters=(
        "input",
        "target",
        "weight",
        "size_average",
        "ignore_index",
        "reduce",
        "reduction",
    ),
    differentiable=("input",),
    constants=("target", "weight"),
    integral=("target",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    fill={"weight": positive},
)


def _nll(
    name: str,
    reason: str,
    input: tuple,
    target: object,
    weighted: bool = False,
    layout: str = "contiguous",
    values: str = "normal",
    **options: object,
) -> Problem:
    inputs = {"input": input, "target": np.asarray(target)}
    if weighted:
        inputs["weight"] = (input[min(len(input) - 1, 1)],)
    return Problem("nll_loss", name, reason, inputs, options, layout, values)


LABELS = np.array([0, 3, 4, 3])
PIXELS = np.arange(24).reshape(2, 4, 3) % 5
PROBLEMS = (
    *(_nll(each, f"reduction {each}", (4, 5), LABELS, reduction=each) for each in REDUCTIONS),
    *(
        _nll(f"weighted-{each}", f"weights, {each}", (4, 5), LABELS, True, reduction=each)
        for each in REDUCTIONS
    ),
    _nll("ignored", "class 3 does not count", (4, 5), LABELS, True, ignore_index=3),
    _nll("ignored-none", "nor here", (4, 5), LABELS, reduction="none", ignore_index=3),
    _nll("all-ignored", "the mean of nothing is NaN", (2, 5), [3, 3], ignore_index=3),
    _nll("pixels", "classes of pixels", (2, 5, 4, 3), PIXELS, True),
    _nll("pixels-none", "a loss for each pixel", (2, 5, 4, 3), PIXELS, reduction="none"),
    _nll("unbatched", "one row", (5,), 2),
    _nll("one-of-one", "one row of one class, one target", (1,), [0]),
    _nll("no-rows", "the mean of no rows is NaN", (0, 5), np.zeros(0, np.int64)),
    _nll("no-rows-sum", "the sum of no rows is 0", (0, 5), np.zeros(0, np.int64), reduction="sum"),
    _nll("nan", "NaN", (4, 5), LABELS, values="nan", reduction="none"),
    _nll("strided", "gaps", (2, 5, 4, 3), PIXELS, True, "strided"),
    _nll("channels_last", "classes side by side", (2, 5, 4, 3), PIXELS, True, "channels_last"),
)
SPECIAL_VALUES = ("none", "weighted-none", "weighted-sum")

PAIR = {"input": zeros(4, 5), "target": LABELS}
REJECTS = (
    rejected("nll_loss", "a class too many", {**PAIR, "target": np.array([0, 5, 1, 1])}),
    rejected("nll_loss", "probabilities", {**PAIR, "target": zeros(4, 5)}),
    rejected("nll_loss", "weights of other classes", {**PAIR, "weight": zeros(4)}),
    rejected("nll_loss", "an unknown reduction", PAIR, reduction="max"),
    rejected(
        "nll_loss",
        "no classes of a sequence",
        {"input": zeros(2, 0, 3), "target": np.full((2, 3), -100)},
    ),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "nll_loss", case)


FAULTS = (
    _fault("the loss keeps its sign", "value = -x[n, c, d]", "value = x[n, c, d]", "none"),
    _fault("weights are forgotten", " * weight_of(w, c)\n", "\n", "weighted-none"),
    _fault(
        "what is ignored counts in the gradient",
        "        slope = real(0)\n        if label != ignore:",
        "        slope = real(0)\n        if True:",
        "ignored-none",
    ),
    _fault(
        "every class has the gradient",
        "elif c == index(label):",
        "else:",
        "none",
    ),
    _fault(
        "the gradient forgets the weight",
        "slope = -weight_of(w, c) * ",
        "slope = -",
        "weighted-none",
    ),
)
