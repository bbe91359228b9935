"""prelu: an input above 0 is its own result; any other is multiplied by its channel's weight.

Notation: see bounds.py.

- forward, input gradient: one product: n = 1 and T = |weight x|, |weight dy|. What is above 0 has
  n = 0 and must be exact.
- weight gradient: the sum of dy x over the n elements that have the weight, of which those above 0
  count as 0; each product is rounded once: m = n, T = sum of |dy x|.
"""

from math import isqrt, prod

import numpy as np

from crosscheck.kernels.activation import prelu as kernels
from crosscheck.parity import bounds
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of


def _wide(weight: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the weight with a dimension for each of x."""
    return weight.reshape([-1 if axis == min(1, x.ndim - 1) else 1 for axis in range(x.ndim)])


def _sizes(inputs: Arrays, grad_output: np.ndarray) -> Arrays:
    """Return T of every result."""
    x, weight, dy = (
        np.abs(each.astype(np.float64)) for each in (inputs["input"], inputs["weight"], grad_output)
    )
    leaky, wide = ~(inputs["input"] > 0), _wide(weight, x)
    axes = tuple(axis for axis in range(x.ndim) if weight.size == 1 or axis != 1)
    terms = np.where(leaky, x * dy, 0.0).sum(axes).reshape(weight.shape)
    return {
        "forward": np.where(leaky, x * wide, 0.0),
        "input_gradient": np.where(leaky, dy * wide, 0.0),
        "weight_gradient": terms,
    }


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = _sizes(inputs, grad_output)
    leaky = 1.0 * ~(inputs["input"] > 0)
    count = _count(inputs["input"].shape, inputs["weight"].shape)
    terms = {"forward": leaky, "input_gradient": leaky, "weight_gradient": float(count)}
    return {name: bounds.bound(terms[name], size, dtype) for name, size in sizes.items()}


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return {"weight_gradient": _sizes(inputs, grad_output)["weight_gradient"]}


def _count(input: Shape, weight: Shape) -> int:
    """Return how many elements have one weight."""
    return prod(input) // max(prod(weight), 1)


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    shapes = dict(call.shapes)
    amplitude = isqrt(sums.largest_product(_count(shapes["input"], shapes["weight"])))
    return sums.integers(call, seed, {"grad_output": shapes["input"]}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 7) for _ in range(rng.integers(0, 6)))
    channels = shape[1] if len(shape) > 1 else 1
    return {"input": shape, "weight": (one_of(rng, (1, channels, channels)),)}, {}


OPERATOR = Operator(
    name="prelu",
    kernels=kernels,
    parameters=("input", "weight"),
    differentiable=("input", "weight"),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _prelu(
    name: str,
    reason: str,
    input: Shape,
    weight: Shape,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    return Problem("prelu", name, reason, {"input": input, "weight": weight}, {}, layout, values)


PROBLEMS = (
    _prelu("scalar", "no dimension at all", (), (1,)),
    _prelu("scalar-weight", "a weight without a dimension", (3, 4), ()),
    _prelu("vector", "one dimension: it has no channels", (7,), (1,)),
    _prelu("one-weight", "one weight for three channels", (2, 3, 5, 4), (1,)),
    _prelu("channels", "a weight a channel", (2, 3, 5, 4), (3,)),
    _prelu("matrix", "channels last in memory", (5, 9), (9,)),
    _prelu("five-dimensions", "more than an image has", (2, 3, 3, 2, 3), (3,)),
    _prelu("zero-size", "a sum of nothing is 0", (0, 3, 4), (3,)),
    _prelu("block-plus-one", "one thread in the second block", (1, 257), (257,)),
    _prelu("several-blocks", "long sums", (3, 2, 431), (2,)),
    _prelu("ties", "the gradient at exactly 0 is the weight", (6, 7), (7,), values="ties"),
    _prelu("zeros", "0 of both signs", (5, 5), (5,), values="signed_zeros"),
    _prelu("nan", "NaN is multiplied", (3, 5), (5,), values="nan"),
    _prelu("infinities", "infinities of both signs", (4, 5), (5,), values="infinities"),
    _prelu("tiny", "products of subnormals underflow", (4, 5), (5,), values="tiny"),
    _prelu("strided", "gaps in every dimension", (2, 3, 4, 5), (3,), layout="strided"),
    _prelu("channels_last", "channels beside each other", (2, 3, 4, 5), (3,), "channels_last"),
    _prelu("reversed", "negative strides", (3, 4, 5), (4,), layout="reversed"),
)
SPECIAL_VALUES = ("matrix", "one-weight")

REJECTS = (
    rejected("prelu", "booleans", {"input": zeros(3, dtype="bool"), "weight": zeros(1)}),
    rejected("prelu", "weights for other channels", {"input": zeros(2, 3), "weight": zeros(2)}),
    rejected("prelu", "a matrix of weights", {"input": zeros(2, 3), "weight": zeros(1, 3)}),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "prelu", case)


FAULTS = (
    _fault(
        "prelu multiplies what is above 0, too",
        "here if here > real(0) else weight[a, b, c, d] * here",
        "weight[a, b, c, d] * here",
        "channels",
    ),
    _fault(
        "prelu takes the channel after its own",
        "else weight[a, b, c, d] * here",
        "else weight[a, b, c, (d + 1) % D] * here",
        "matrix",
    ),
    _fault(
        "the gradient of prelu at 0 is 1",
        "slope = real(1) if x[a, b, c, d] > real(0)",
        "slope = real(1) if x[a, b, c, d] >= real(0)",
        "ties",
    ),
    _fault(
        "the weight gradient of prelu counts what is above 0",
        "real(0) if here > real(0) else here * dy[a, b, c, d]",
        "here * dy[a, b, c, d]",
        "channels",
    ),
    _fault(
        "a matrix of weights is taken",
        "if len(weight) > 1 or prod(weight)",
        "if prod(weight)",
        "rejects-a-matrix-of-weights",
    ),
)
