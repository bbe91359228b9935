"""clamp: every output and gradient is an input, a bound or 0: exact, but for a bound's rounding.

Where the rounding of a bound decides whether x is beyond it, both gradients are right.
"""

import math

import numpy as np

from crosscheck.kernels.elementwise import clamp as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    low, high = _bounds(x, options)
    raised = rounded.select((x.value >= low.value) | np.isnan(x.value), x, low)
    return rounded.select((raised.value <= high.value) | np.isnan(raised.value), raised, high)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    low, high = _bounds(x, options)
    inside = (low.value <= x.value) & (x.value <= high.value)
    near = [abs(x.value - each.value) <= each.error for each in (low, high) if each.error > 0]
    unsure = np.any(near, axis=0) if near else False
    return rounded.select(inside, dy, rounded.number(0, x.dtype), unsure)


def _bounds(x: Rounded, options: Options) -> tuple[Rounded, Rounded]:
    given = (("min", -np.inf), ("max", np.inf))
    found = [infinity if options.get(n) is None else options[n] for n, infinity in given]
    return rounded.number(found[0], x.dtype), rounded.number(found[1], x.dtype)


def _options(rng: np.random.Generator) -> dict[str, float]:
    bounds = {"min": one_of(rng, (-0.5, 0, -1.3, 1)), "max": one_of(rng, (0.5, 1, 0.7, -1))}
    return {name: bounds[name] for name in one_of(rng, (("min",), ("max",), ("min", "max")))}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    return "a bound that is a tensor" if inputs.keys() & {"min", "max"} else ""


OPERATOR = unary.operator(
    kernels.CLAMP,
    kernels,
    _forward,
    _gradient,
    torch_function="clamp",
    opinfo_name="clamp",
    nn_function="clamp",
    options=_options,
    parameters=("min", "max"),
    integers=unary.integers,
    out_of_scope=_out_of_scope,
)
PROBLEMS = (
    *unary.problems("clamp", min=-0.5, max=3),
    unary.problem("clamp", "both", "bounds that are rounded", (6, 7), min=-0.3, max=0.7),
    unary.problem("clamp", "min", "no upper bound", (6, 7), min=0.1),
    unary.problem("clamp", "max", "no lower bound", (6, 7), max=-0.1, min=None),
    unary.problem(
        "clamp", "exchanged", "the upper bound is the stronger one", (6, 7), min=1, max=-1
    ),
    unary.problem("clamp", "ties", "at a bound the gradient passes", (6, 7), "ties", min=0, max=1),
    unary.problem("clamp", "nan-bound", "everything is NaN", (6, 7), min=math.nan, max=1),
)
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (
    rejected("clamp", "no bound", {"input": zeros(3)}),
    rejected("clamp", "a bound that is a word", {"input": zeros(3)}, min="0"),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "clamp", case)


FAULTS = (
    _fault(
        "NaN becomes the lower bound",
        "x if x >= min or x != x else min",
        "x if x >= min else min",
        "nan",
    ),
    _fault(
        "the bounds of clamp are exchanged in order",
        "raised if raised <= max or raised != raised else max",
        "raised if raised <= max or raised != raised or raised == min else max",
        "exchanged",
    ),
    _fault(
        "clamp has no upper bound",
        "raised if raised <= max or raised != raised else max",
        "raised",
        "both",
    ),
    _fault(
        "the gradient of clamp stops at the lower bound",
        "min <= x and",
        "min < x and",
        "kinks",
    ),
    _fault(
        "the gradient of clamp passes below",
        "dy if min <= x and x <= max",
        "dy if x <= max",
        "both",
    ),
)
