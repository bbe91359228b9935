"""pow with a number: products, roots and quotients for the usual exponents, pow for the others.

Bounds by running error analysis: see parity/shared/unary.py. The exponent is rounded, and log|x|
times that is a relative error of the result. The gradient is dy (exponent x^(exponent - 1)), in
PyTorch's order: the factor may overflow.
"""

from numbers import Real

import numpy as np

from crosscheck.kernels.elementwise import pow_ as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return power(x, rounded.number(options["exponent"], x.dtype))


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    exponent = rounded.number(options["exponent"], x.dtype)
    if exponent.value == 0:
        return rounded.given(dy.value * 0 + 0, x.dtype)
    return dy * (exponent * power(x, exponent - 1))


def power(x: Rounded, exponent: Rounded) -> Rounded:
    roots = {0.5: lambda: rounded.sqrt(x), -0.5: lambda: 1 / rounded.sqrt(x)}
    products = {2: lambda: x * x, 3: lambda: x * x * x, -1: lambda: 1 / x, -2: lambda: 1 / (x * x)}
    special = roots | products
    if exponent.value[()] in special:
        return special[float(exponent.value)]()
    return rounded.power(x, exponent)


def _options(rng: np.random.Generator) -> dict[str, float]:
    return {"exponent": one_of(rng, (2, 3, 0.5, -0.5, -1, -2, 0, 1, 2.5, -1.3, 4, 7))}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    is_number = isinstance(options.get("exponent"), Real)
    return "" if is_number and "input" in inputs else "an exponent that is no real number"


OPERATOR = unary.operator(
    kernels.POW,
    kernels,
    _forward,
    _gradient,
    torch_function="pow",
    opinfo_name="pow",
    nn_function="pow",
    options=_options,
    parameters=("exponent",),
    out_of_scope=_out_of_scope,
)
# Where nothing underflows on the way to a reciprocal.
POINTS = unary.KINKS[(unary.KINKS == 0) | (abs(unary.KINKS) > 1e-30)]

PROBLEMS = (
    *unary.problems("pow", largest=2.0**50, exponent=2.5),
    *(
        unary.problem("pow", name, reason, POINTS, exponent=exponent)
        for name, reason, exponent in (
            ("square", "a product", 2),
            ("cube", "two products", 3),
            ("root", "a root", 0.5),
            ("reciprocal-root", "a root and a quotient", -0.5),
            ("reciprocal", "a quotient", -1),
            ("reciprocal-square", "a product and a quotient", -2),
            ("exponent-0", "1, and a gradient of 0", 0),
            ("exponent-1", "the input, and the output gradient", 1),
            ("exponent-4", "an integer by pow: no NaN below 0", 4),
            ("exponent-0.3", "an exponent that is rounded", 0.3),
            ("exponent-minus-1.7", "infinite at 0", -1.7),
        )
    ),
    unary.problem(
        "pow", "zeros-root", "the root of -0 is -0", (5, 5), "signed_zeros", exponent=0.5
    ),
    unary.problem("pow", "nan-0", "NaN^0 is 1", (3, 5), "nan", exponent=0),
    unary.problem(
        "pow", "infinities-root", "-infinity has none", (4, 5), "infinities", exponent=0.5
    ),
)
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("pow", "an exponent that is a word", {"input": zeros(3)}, exponent="2"),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "pow", case)


FAULTS = (
    _fault(
        "a square keeps the sign of its argument",
        "return x * x\n    if exponent == real(3)",
        "return x * math.fabs(x)\n    if exponent == real(3)",
        "square",
    ),
    _fault(
        "a cube is a square",
        "return x * x * x",
        "return x * x",
        "cube",
    ),
    _fault(
        "the root of -0 is 0",
        "return math.sqrt(x)\n    if exponent == real(-0.5)",
        "return math.fabs(math.sqrt(x))\n    if exponent == real(-0.5)",
        "zeros-root",
    ),
    _fault(
        "the gradient of pow has its exponent",
        "power(x, exponent - real(1))",
        "power(x, exponent)",
        "matrix",
    ),
    _fault(
        "the gradient of pow lacks the exponent",
        "dy * (exponent * power",
        "dy * (power",
        "matrix",
    ),
    _fault(
        "the gradient of x^0 is NaN at NaN",
        "if exponent == real(0):\n        return real(0)",
        "if exponent == real(0):\n        return x - x",
        "nan-0",
    ),
)
