"""relu: every output and gradient is an input or 0, never rounded, so all must be exact."""

import numpy as np

from crosscheck.kernels import at_least, vectorized
from crosscheck.kernels.activation import relu
from crosscheck.kernels.elementwise import unary
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent


def _output(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {"output": exact["forward"].astype(dtype)}  # exact: not rounded


def _fuzz(rng: np.random.Generator) -> Drawn:
    rank = int(rng.integers(0, 6))
    return {"input": tuple(extent(rng, 9) for _ in range(rank))}, {}


OPERATOR = Operator(
    name="relu",
    order=4,
    kernels=relu,
    parameters=("input", "inplace"),
    differentiable=("input",),
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    saved=_output,
)


def _relu(
    name: str, reason: str, input: Shape, layout: str = "contiguous", values: str = "normal"
) -> Problem:
    return Problem("relu", name, reason, {"input": input}, {}, layout, values)


PROBLEMS = (
    _relu("scalar", "no dimension at all", ()),
    _relu("one", "one element", (1,)),
    _relu("vector", "one dimension", (7,)),
    _relu("matrix", "two dimensions", (5, 9)),
    _relu("images", "four dimensions", (2, 3, 5, 4)),
    _relu("five-dimensions", "more than an image has", (2, 1, 3, 2, 3)),
    _relu("zero-size", "nothing to do", (0, 3, 4)),
    _relu("block-minus-one", "one thread idle", (255,)),
    _relu("block", "one block exactly", (256,)),
    _relu("block-plus-one", "one thread in the second block", (257,)),
    _relu("several-blocks", "a last block partly idle", (3, 431)),
    _relu("quads", "a whole block, two quads a thread", (2048,)),
    _relu("quads-plus-one", "a quad that is cut off, in a second block", (2049,)),
    _relu("ties", "the gradient at exactly 0 is 0", (6, 7), values="ties"),
    _relu("zeros", "-0 counts as 0", (5, 5), values="signed_zeros"),
    _relu("negative", "all outputs are 0: none may be left unwritten", (4, 6), values="negative"),
    _relu("nan", "NaN stays NaN, and its gradient passes", (3, 5), values="nan"),
    _relu("infinities", "infinities of both signs", (4, 5), values="infinities"),
    _relu("minus-inf", "-inf becomes 0", (9,), values="minus_inf"),
    _relu("tiny", "subnormals are not flushed to 0", (4, 5), values="tiny"),
    _relu("strided", "gaps in every dimension", (2, 3, 4, 5), layout="strided"),
    _relu("strided-vector", "every second element", (300,), layout="strided"),
    _relu("channels_last", "channels next to each other", (2, 3, 4, 5), layout="channels_last"),
    _relu("reversed", "negative strides", (3, 4, 5), layout="reversed"),
)
SPECIAL_VALUES = ("matrix",)

LAYERS = (
    Problem("relu", "resnet-relu", "a whole layer of activations", {"input": (2, 8, 28, 28)}),
)

REJECTS = (rejected("relu", "booleans", {"input": zeros(3, dtype="bool")}),)

FAULTS = (
    Fault(
        "NaN becomes 0",
        at_least.__name__,
        "return floor if x < floor else x",
        "return x if x > floor else floor",
        "relu",
        "nan",
    ),
    Fault(
        "the gradient passes where the output is 0",
        relu.__name__,
        "real(0) if y <= real(0) else dy",
        "real(0) if y < real(0) else dy",
        "relu",
        "one",
    ),
    Fault(
        "the last element is not computed",
        unary.__name__,
        "if i < index(y.size):",
        "if i + 1 < index(y.size):",
        "relu",
        "scalar",
    ),
    Fault(
        "the gradient is that of the sum of all outputs",
        relu.__name__,
        "real(0) if y <= real(0) else dy",
        "real(0) if y <= real(0) else real(1)",
        "relu",
        "scalar",
    ),
    Fault(
        "-0 becomes 0",
        at_least.__name__,
        "return floor if x < floor else x",
        "return floor if x <= floor else x",
        "relu",
        "zeros",
    ),
    Fault(
        "the second quad is the first again",
        vectorized.__name__,
        "store_quad(y, beside, of_quad(second, numbers))",
        "store_quad(y, beside, of_quad(first, numbers))",
        "relu",
        "quads",
    ),
    Fault(
        "the gradient's second quad has the first's output",
        vectorized.__name__,
        "of_two_quads(second, second_other, numbers)",
        "of_two_quads(second, first_other, numbers)",
        "relu",
        "quads",
    ),
    Fault(
        "a quad that is cut off is written whole",
        vectorized.__name__,
        "if beside + 4 <= N:\n            first, second = load",
        "if beside < N:\n            first, second = load",
        "relu",
        "several-blocks",
    ),
    Fault(
        "what follows the last whole quad is not computed",
        vectorized.__name__,
        "if here < N:\n                    y[here] = function(x[here], *numbers)",
        "if here + 4 <= N:\n                    y[here] = function(x[here], *numbers)",
        "relu",
        "quads-plus-one",
    ),
    Fault(
        "rows in another order of memory are taken for the same",
        vectorized.__name__,
        "if not turned.flags.c_contiguous:",
        "if False:",
        "relu",
        "strided",
    ),
)
