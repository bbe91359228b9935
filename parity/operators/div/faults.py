"""Faults in quotients: their gradients, rounding to integers, broadcasting."""

from crosscheck.parity.faults.plant import Fault

DIV = "crosscheck.kernels.elementwise.div"


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, DIV, right, wrong, "div", case)


FAULTS = (
    _fault(
        "the operands of a quotient change places",
        "y[a, b, c, d] = x[a, b, c, d] / other[a, b, c, d]",
        "y[a, b, c, d] = other[a, b, c, d] / x[a, b, c, d]",
        "same",
    ),
    _fault(
        "the last quotient is missing",
        "if a < A:\n        y",
        "if a < A and index(cuda.grid(1)) + 1 < index(y.size):\n        y",
        "block",
    ),
    _fault(
        "the gradient of the divisor is divided once",
        "/ divisor / divisor)",
        "/ divisor)",
        "same",
    ),
    _fault("the gradient of the divisor has no sign", "= -dy[", "= dy[", "last"),
    _fault(
        "the gradient of a broadcast dividend is divided by itself",
        "launch_merged(forward_kernel, terms, dy, other)",
        "launch_merged(forward_kernel, terms, dy, dy)",
        "leading-input",
    ),
    _fault(
        "the gradient of a broadcast divisor is the dividend's",
        "launch_merged(other_gradient_kernel, terms, dy, x, other)",
        "launch_merged(forward_kernel, terms, dy, other)",
        "bias",
    ),
    _fault(
        "a quotient is rounded down instead of towards 0",
        "math.copysign(math.floor(math.fabs(quotient)), quotient)",
        "math.floor(quotient)",
        "trunc-same",
    ),
    _fault(
        "the remainder's sign is not looked at",
        "(other < real(0)) != (remainder < real(0))",
        "False",
        "floor-same",
    ),
    _fault(
        "a quotient is rounded before it is rounded down",
        "quotient = (x - remainder) / other",
        "return math.floor(x / other)",
        "floor-tenths",
    ),
    _fault(
        "an integer that rounding puts below itself is rounded down",
        "below + real(1) if quotient - below > real(0.5) else below",
        "below",
        "floor-tenths",
    ),
    _fault(
        "a quotient of 0 has no sign",
        "math.copysign(real(0), x / other)",
        "real(0)",
        "floor-points",
    ),
    _fault(
        "a division by 0 has a remainder",
        "if other == real(0):\n",
        "if False:\n",
        "floor-points",
    ),
    _fault(
        "what is rounded passes a gradient",
        "if rounding_mode is None:\n        sum_terms(dx",
        "if True:\n        sum_terms(dx",
        "trunc-same",
    ),
)
