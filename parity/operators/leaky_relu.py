"""leaky_relu: an input above 0 is its own result; any other is multiplied by negative_slope.

Notation: see bounds.py. What is not above 0 is one term, the product with a slope that was rounded
to the dtype: n = 2 roundings, T = |x negative_slope|; for the input gradient T = |dy
negative_slope|. What is above 0 has n = 0 and must be exact.
"""

import numpy as np

from crosscheck.kernels.activation import leaky_relu
from crosscheck.kernels.elementwise import unary
from crosscheck.parity import bounds
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    x, slope = inputs["input"], abs(call.options.get("negative_slope", 0.01))
    terms = 2.0 * ~(x > 0)
    with np.errstate(invalid="ignore"):  # 0 times infinity
        return {
            name: bounds.bound(terms, np.abs(each.astype(np.float64)) * slope, dtype)
            for name, each in (("forward", x), ("input_gradient", grad_output))
        }


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    slope = call.options.get("negative_slope", 0.01)
    if slope * 8 % 1 or abs(slope) > 8:  # a large float is an integer, too, of many bits
        raise NoIntegers("negative_slope is not a number of few bits")
    shape = dict(call.shapes)["input"]
    return sums.integers(call, seed, {"grad_output": shape}, sums.LARGEST_INTEGER)


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 9) for _ in range(rng.integers(0, 6)))
    slope = one_of(rng, (0.01, 0.01, 0.25, 0.0, 1.0, -0.5, -3.7, 1e30))
    return {"input": shape}, {"negative_slope": slope}


OPERATOR = Operator(
    name="leaky_relu",
    kernels=leaky_relu,
    parameters=("input", "negative_slope", "inplace"),
    differentiable=("input",),
    bounds=_bounds,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _leaky(
    name: str,
    reason: str,
    input: Shape,
    layout: str = "contiguous",
    values: str = "normal",
    **options: float,
) -> Problem:
    return Problem("leaky_relu", name, reason, {"input": input}, options, layout, values)


PROBLEMS = (
    _leaky("scalar", "no dimension at all", ()),
    _leaky("one", "one element", (1,), values="negative"),
    _leaky("matrix", "two dimensions", (5, 9)),
    _leaky("images", "four dimensions", (2, 3, 5, 4)),
    _leaky("five-dimensions", "more than an image has", (2, 1, 3, 2, 3)),
    _leaky("zero-size", "nothing to do", (0, 3, 4)),
    _leaky("block", "one block exactly", (256,)),
    _leaky("block-plus-one", "one thread in the second block", (257,)),
    _leaky("slope-quarter", "a slope without rounding", (6, 7), negative_slope=0.25),
    _leaky("slope-0", "relu, but what is below 0 becomes -0", (6, 7), negative_slope=0.0),
    _leaky("slope-1", "every input is its own result", (6, 7), negative_slope=1.0),
    _leaky("slope-minus-half", "what is below 0 is turned up", (6, 7), negative_slope=-0.5),
    _leaky("slope-huge", "products overflow", (40,), negative_slope=3e38),
    _leaky("ties", "the gradient at exactly 0 is the slope", (6, 7), values="ties"),
    _leaky("zeros", "0 of both signs", (5, 5), values="signed_zeros"),
    _leaky("negative", "nothing passes unchanged", (4, 6), values="negative"),
    _leaky("nan", "NaN stays NaN; its gradient is multiplied", (3, 5), values="nan"),
    _leaky("infinities", "infinities of both signs", (4, 5), values="infinities"),
    _leaky("infinities-0", "0 times infinity", (4, 5), values="infinities", negative_slope=0.0),
    _leaky("tiny", "products of subnormals underflow", (4, 5), values="tiny"),
    _leaky("strided", "gaps in every dimension", (2, 3, 4, 5), layout="strided"),
    _leaky("channels_last", "channels next to each other", (2, 3, 4, 5), layout="channels_last"),
    _leaky("reversed", "negative strides", (3, 4, 5), layout="reversed"),
)
SPECIAL_VALUES = ("matrix",)

LAYERS = (_leaky("gan-leaky-relu", "a layer of a discriminator", (2, 8, 28, 28)),)

REJECTS = (
    rejected("leaky_relu", "booleans", {"input": zeros(3, dtype="bool")}),
    rejected("leaky_relu", "a slope that is a word", {"input": zeros(3)}, negative_slope="0.1"),
)

FORWARD = "return x if x > real(0) else x * negative_slope"
GRADIENT = "return dy if x > real(0) else dy * negative_slope"


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, leaky_relu.__name__, right, wrong, "leaky_relu", case)


FAULTS = (
    _fault(
        "NaN passes as if it were above 0",
        FORWARD,
        "return x * negative_slope if x <= real(0) else real(1)",
        "nan",
    ),
    _fault(
        "what is above 0 is multiplied, too",
        FORWARD,
        "return x * negative_slope",
        "matrix",
    ),
    _fault(
        "what is below 0 becomes 0",
        FORWARD,
        "return x if x > real(0) else real(0)",
        "negative",
    ),
    Fault(
        "the last element of a gradient is not computed",
        unary.__name__,
        "if i < index(dx.size):",
        "if i + 1 < index(dx.size):",
        "leaky_relu",
        "scalar",
    ),
    _fault(
        "the gradient at 0 is 1",
        GRADIENT,
        "return dy if x >= real(0) else dy * negative_slope",
        "zeros",
    ),
    _fault(
        "the gradient takes the sign of the output gradient",
        GRADIENT,
        "return dy if dy > real(0) else dy * negative_slope",
        "matrix",
    ),
    _fault(
        "the slope loses its sign",
        'return (number(op, "negative_slope", negative_slope),)',
        'return (abs(number(op, "negative_slope", negative_slope)),)',
        "slope-minus-half",
    ),
    Fault(
        "a slope that is a word is taken",
        unary.__name__,
        "if not isinstance(value, Real):",
        "if False:",
        "leaky_relu",
        "rejects-a-slope-that-is-a-word",
    ),
)
