"""Faults in power-average pooling: powers, roots, partial windows, slopes of 0."""

from crosscheck.kernels.pooling import lp_pool2d as kernels
from crosscheck.parity.faults.plant import Fault


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "lp_pool2d", case)


FAULTS = (
    _fault(
        "a norm has the square of each element",
        "power(x[n, c, h, w], exponent)",
        "x[n, c, h, w] * x[n, c, h, w]",
        "norm-1.5",
    ),
    _fault(
        "a norm has the size of each element",
        "total += power(x[n, c, h, w], exponent)",
        "total += abs(power(x[n, c, h, w], exponent))",
        "norm-1-signed",
    ),
    _fault(
        "the norm is not rooted", "y[n, c, p, q] = power(t, root)", "y[n, c, p, q] = t", "halves"
    ),
    _fault(
        "a window over the edge is a plain sum",
        "return total * scale, scale",
        "return total, scale",
        "ceil-corner",
    ),
    _fault(
        "the slope of a window over the edge is not scaled",
        "t, root) * scale",
        "t, root)",
        "ceil-corner",
    ),
    _fault(
        "a window over the edge counts its rows alone",
        "(h_end - h_begin) * (w_end - w_begin)",
        "(h_end - h_begin) * window[1]",
        "ceil-corner",
    ),
    _fault("a norm of 0 has a slope", "if t == real(0):", "if t < real(0):", "zero-windows"),
    _fault("NaN passes a gradient", "slope *= real(0)", "slope *= real(1)", "nan-1"),
    _fault(
        "the last window gives no gradient",
        "range(q_begin, q_end)",
        "range(q_begin, q_end - 1)",
        "halves",
    ),
    _fault(
        "the gradient lacks the power's derivative",
        "dx[n, c, h, w] = power_gradient(total, x[n, c, h, w], exponent)",
        "dx[n, c, h, w] = total",
        "halves",
    ),
    _fault(
        "the smallest size is the largest",
        "copysign(1.0, problem.exponent)",
        "1.0",
        "norm-minus-infinite",
    ),
    _fault(
        "the largest size is rooted",
        "if isinf(exponent):\n        sign, largest, _",
        "if False:\n        sign, largest, _",
        "norm-infinite",
    ),
    _fault(
        "the gradient of the largest size has no sign",
        "abs_.input_gradient(mul.forward(winning, sign), x, out=dx)",
        "mul.forward(winning, sign, out=dx)",
        "norm-infinite",
    ),
    _fault("a norm of 0 is accepted", "if exponent == 0:", "if False:", "rejects-norm-0"),
)
