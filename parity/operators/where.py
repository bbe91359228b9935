"""where: input where condition, else other.

Notation: see bounds.py. The forward pass rounds nothing. The gradient of an operand is the sum of
the output gradients of the n outputs that chose the element: m = n - 1.
"""

import numpy as np

from crosscheck.kernels.elementwise import where
from crosscheck.parity import bounds
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import broadcasting, sums
from crosscheck.parity.shared.draws import VALUES, Drawn

WHERE = "crosscheck.kernels.elementwise.where"


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes, terms = sums.magnitudes(call, inputs, grad_output), call.terms()
    return {
        name: bounds.bound(np.maximum(terms[name] - 1, 0), sizes[name], dtype)
        for name in terms.keys() - {"forward"}
    }


def _mask(*shape: int) -> np.ndarray:
    return np.asarray(np.random.default_rng(sum(shape)).random(shape) < 0.5)


def _fuzz(rng: np.random.Generator) -> Drawn:
    drawn, options = broadcasting.fuzz(rng)
    if options:  # a number in place of an operand
        drawn["other"] = ()
    whole = np.broadcast_shapes(*drawn.values())
    condition = tuple(1 if rng.random() < 0.2 else extent for extent in whole)
    return {"condition": np.asarray(rng.random(condition) < 0.5), **drawn}, {}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if options:
        return "a number, which PyTorch takes by its position only"
    kinds = {each.dtype for name, each in inputs.items() if name != "condition"}
    return "operands of two dtypes: `nn` converts them first" if len(kinds) > 1 else ""


OPERATOR = Operator(
    name="where",
    torch_function="where",
    opinfo_name="where",
    nn_function="arithmetic.where",
    kernels=where,
    parameters=("input", "condition", "other"),  # in the order of PyTorch's samples
    differentiable=("input", "other"),
    constants=("condition",),
    integral=("condition",),
    bounds=_bounds,
    intermediates=sums.partial_sums,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    out_of_scope=_out_of_scope,
)


def _where(
    name: str,
    reason: str,
    condition: np.ndarray,
    input: Shape,
    other: Shape,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    inputs = {"condition": condition, "input": input, "other": other}
    return Problem("where", name, reason, inputs, {}, layout, values)


NONE = np.zeros((4, 5), bool)
CHANNELS = np.array([True, False, True]).reshape(3, 1, 1)
PROBLEMS = (
    _where("scalars", "no dimension at all", _mask(), (), ()),
    _where("same", "no broadcast", _mask(3, 5), (3, 5), (3, 5)),
    _where("all", "nothing of the other", np.ones((3, 5), bool), (3, 5), (3, 5)),
    _where("none", "nothing of the input", NONE, (4, 5), (4, 5)),
    _where("number", "one number for every other output", _mask(4, 3), (4, 3), ()),
    _where("number-first", "one number where the condition is", _mask(4, 3), (), (4, 3)),
    _where("causal", "a condition for every matrix", _mask(4, 4), (2, 3, 4, 4), ()),
    _where("channels", "a condition of one per channel", CHANNELS, (2, 3, 4, 5), (4, 5)),
    _where("outer", "each broadcast along the others", _mask(2, 1, 1), (3, 1), (1, 4)),
    _where("six-axes", "no axes to merge", _mask(2, 1, 2, 1, 2, 1), (1, 3, 1, 3, 1, 3), (3,)),
    _where("empty", "no elements", _mask(2, 0, 3), (2, 0, 3), (2, 0, 3)),
    _where("empty-one", "a dimension of 1 broadcast to 0", _mask(0), (1,), (1,)),
    _where("block", "outputs around a block's size", _mask(257), (257,), (257,)),
    _where("tree", "a gradient long enough for the tree", _mask(1100), (1,), (1100,)),
    _where("nan", "a NaN that is not chosen is not seen", NONE, (4, 5), (4, 5), values="nan"),
    *(
        _where(layout, f"every array {layout}", _mask(2, 3, 4, 5), (2, 3, 4, 5), (3, 1, 5), layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)
SPECIAL_VALUES = ("same", "channels")

REJECTS = (
    rejected(
        "where",
        "shapes that do not fit",
        {"condition": _mask(2, 3), "input": zeros(2, 3), "other": zeros(2, 4)},
    ),
    rejected(
        "where",
        "a condition that does not fit",
        {"condition": _mask(2), "input": zeros(2, 3), "other": zeros(2, 3)},
    ),
    rejected(
        "where",
        "a condition of integers",
        {"condition": zeros(3, dtype="int64"), "input": zeros(3), "other": zeros(3)},
    ),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, WHERE, right, wrong, "where", case)


FAULTS = (
    _fault(
        "the operands change places",
        "x[a, b, c, d] if condition[a, b, c, d] else other[a, b, c, d]",
        "other[a, b, c, d] if condition[a, b, c, d] else x[a, b, c, d]",
        "same",
    ),
    _fault(
        "a choice is a sum of products",
        "x[a, b, c, d] if condition[a, b, c, d] else other[a, b, c, d]",
        "x[a, b, c, d] * real(condition[a, b, c, d]) + other[a, b, c, d] *"
        " (real(1) - real(condition[a, b, c, d]))",
        "nan",
    ),
    _fault(
        "both operands get the whole gradient",
        "if condition[a, b, c, d] == chosen else real(0)",
        "if condition[a, b, c, d] or not chosen else real(0)",
        "same",
    ),
    _fault(
        "the gradient of a broadcast operand is not masked",
        "launch_merged(gradient_kernel, terms, condition, dy, options=(chosen,))",
        "terms[...] = dy",
        "channels",
    ),
    _fault(
        "the last element is not chosen",
        "if a < A:\n        y",
        "if a < A and index(cuda.grid(1)) + 1 < index(y.size):\n        y",
        "block",
    ),
)
