"""clone: a copy, which rounds nothing; its gradient is one, too."""

import numpy as np

from crosscheck.kernels.elementwise import clone
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent

CLONE = "crosscheck.kernels.elementwise.clone"


def _fuzz(rng: np.random.Generator) -> Drawn:
    return {"input": tuple(extent(rng, 7) for _ in range(rng.integers(0, 7)))}, {}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    return "memory_format=: ours keeps the input's" if "memory_format" in options else ""


OPERATOR = Operator(
    name="clone",
    torch_function="clone",
    opinfo_name="clone",
    nn_function="joining.clone",
    kernels=clone,
    parameters=("input", "memory_format"),
    differentiable=("input",),
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    out_of_scope=_out_of_scope,
)


def _clone(
    name: str, reason: str, input: Shape, layout: str = "contiguous", values: str = "normal"
) -> Problem:
    return Problem("clone", name, reason, {"input": input}, {}, layout, values)


PROBLEMS = (
    _clone("scalar", "no dimension at all", ()),
    _clone("matrix", "two dimensions", (5, 9)),
    _clone("empty", "nothing to copy", (0, 3, 4)),
    _clone("block", "elements around a block's size", (257,)),
    _clone("quads", "more than a block copies by quads", (2, 1027)),
    _clone("zeros", "-0 stays -0", (5, 5), values="signed_zeros"),
    _clone("tiny", "subnormal numbers are not flushed", (4, 5), values="tiny"),
    _clone("nan", "NaN stays NaN", (4, 5), values="nan"),
    _clone("infinities", "infinities stay", (4, 5), values="infinities"),
    _clone("strided", "gaps in every dimension", (2, 3, 4, 5), "strided"),
    _clone("channels_last", "channels next to each other", (2, 3, 4, 5), "channels_last"),
    _clone("reversed", "negative strides", (3, 4, 5), "reversed"),
    _clone("transposed", "columns first", (5, 9), "transposed"),
    _clone(
        "six-axes", "more axes than a kernel walks, none to merge", (2, 2, 2, 2, 2, 3), "strided"
    ),
)
SPECIAL_VALUES = ("matrix",)

FAULTS = (
    Fault(
        "a copy is turned",
        CLONE,
        'return Plan(1.0, [Output(input, like="input")])',
        'return Plan(-1.0, [Output(input, like="input")])',
        "clone",
        "matrix",
    ),
    Fault(
        "the gradient of a copy is halved",
        CLONE,
        'return Plan(1.0, [Output(grad_output, like="grad_output")])',
        'return Plan(0.5, [Output(grad_output, like="grad_output")])',
        "clone",
        "matrix",
    ),
    Fault(
        "the last element is not copied",
        "crosscheck.kernels.elementwise.add",
        "if a < A:\n        dx",
        "if a < A and index(cuda.grid(1)) + 1 < index(dx.size):\n        dx",
        "clone",
        "strided",
    ),
)
