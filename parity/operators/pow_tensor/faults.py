"""Faults in powers of tensors: the factors of both gradients, 0 and NaN, broadcasting."""

from crosscheck.kernels.elementwise import pow_tensor
from crosscheck.parity.faults.plant import Fault


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, pow_tensor.__name__, right, wrong, "pow_tensor", case)


FAULTS = (
    _fault(
        "base and exponent change places",
        "math.pow(x[a, b, c, d], exponent[a, b, c, d])",
        "math.pow(exponent[a, b, c, d], x[a, b, c, d])",
        "same",
    ),
    _fault(
        "a power by a logarithm",
        "math.pow(x[a, b, c, d], exponent[a, b, c, d])",
        "math.exp(exponent[a, b, c, d] * math.log(x[a, b, c, d]))",
        "points",
    ),
    _fault("the gradient of the base has its exponent", "e - real(1)", "e", "same"),
    _fault(
        "the gradient of the base lacks the exponent",
        "factor = e * math.pow",
        "factor = math.pow",
        "last",
    ),
    _fault(
        "the gradient of x^0 is NaN at NaN",
        "real(0) if e == real(0) else dy[a, b, c, d] * factor",
        "dy[a, b, c, d] * factor",
        "points",
    ),
    _fault(
        "the gradient of the exponent is NaN at 0",
        "if base != real(0) or not e >= real(0):",
        "if True:",
        "points",
    ),
    _fault(
        "the gradient of the exponent is 0 at 0 for exponents below 0, too",
        "if base != real(0) or not e >= real(0):",
        "if base != real(0):",
        "points",
    ),
    _fault(
        "the gradient of the exponent is by log2",
        "math.log(base)",
        "math.log2(base)",
        "last",
    ),
    _fault(
        "the last power is missing",
        "if a < A:\n        y",
        "if a < A and index(cuda.grid(1)) + 1 < index(y.size):\n        y",
        "block",
    ),
    _fault(
        "the gradient of a broadcast exponent is the output's",
        "lambda terms: launch_merged(exponent_gradient_kernel, terms, dy, x, exponent)",
        "lambda terms: terms.__setitem__(..., dy)",
        "bias",
    ),
)
