"""Faults in vector norms: powers, roots, slopes at 0, elements of the largest size."""

from crosscheck.kernels.reduction import vector_norm as kernels
from crosscheck.parity.faults.plant import Fault


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "vector_norm", case)


FAULTS = (
    _fault("a norm keeps the signs", "size = math.fabs(x)", "size = x", "order-3"),
    _fault("a count is a sum", "real(0) if x == real(0) else real(1)", "math.fabs(x)", "order-0"),
    _fault("a norm is a sum of powers", "return power(total, inverse)", "return total", "rows"),
    _fault(
        "a norm has the root of its power",
        "return power(total, inverse)",
        "return power(total, p)",
        "order-1.5",
    ),
    _fault(
        "a vector of zeros has a direction",
        "(real(0) if y == real(0) else x / y)",
        "(x / y)",
        "zeros-2",
    ),
    _fault(
        "a vector of zeros has a slope",
        "real(0) if y == real(0) else dy / power",
        "dy / power",
        "zeros-3",
    ),
    _fault(
        "the slope at 0 is infinite",
        "real(0) if x == real(0) else power",
        "power",
        "zeros-0.5",
    ),
    _fault(
        "the gradient of a size has no sign",
        "return absolute_gradient(dy, x)",
        "return dy",
        "order-1",
    ),
    _fault(
        "the slope of a power has no sign",
        "return absolute_gradient(power(math.fabs(x), p - real(1)), x) * share",
        "return power(math.fabs(x), p - real(1)) * share",
        "order-1.5",
    ),
    _fault(
        "the slope of a cube is a square's",
        "return x * power(math.fabs(x), p - real(2)) * share",
        "return x * share",
        "order-3",
    ),
    _fault(
        "the slope of a root has its exponent",
        "dy * power(y, real(1) - p)",
        "dy * power(y, p)",
        "order-0.3",
    ),
    _fault(
        "a count has a slope",
        "        return real(0)\n    if p == real(1)",
        "        return dy\n    if p == real(1)",
        "order-0",
    ),
    _fault(
        "every largest element gets all of the gradient",
        "dy[a, b, c, d] / count[a, b, c, d] * mask",
        "dy[a, b, c, d] * mask",
        "shared-infinite",
    ),
    _fault(
        "NaN is not the largest",
        "== y[a, b, c, d] or value != value",
        "== y[a, b, c, d]",
        "nan-infinite",
    ),
    _fault(
        "the largest is taken over one dimension",
        "for axis in reversed(problem.axes):",
        "for axis in problem.axes[:1]:",
        "apart-infinite",
    ),
    _fault(
        "the smallest is the largest",
        "max_ if problem.p > 0 else min_",
        "max_",
        "order-minus-infinite",
    ),
)
