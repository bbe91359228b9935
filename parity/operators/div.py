"""div: input / other.

Notation: see bounds.py.

- forward: one quotient: m = 1.
- input gradient: the sum of n quotients g / other, n being the outputs that an element is broadcast
  to: m = n.
- other gradient: the sum of n terms -g ((x / other) / other), each rounded three times: m = n + 2.
  Where x / other underflows, its error of eta is divided by other and multiplied by g; an error of
  eta of the second quotient is multiplied by g.
A number that the dtype cannot hold exactly adds its own rounding, twice where it divides twice.
"""

import numpy as np

from crosscheck.kernels.elementwise import div
from crosscheck.parity import bounds
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import broadcasting, broadcasting_problems, sums
from crosscheck.parity.shared.broadcasting import copies, rounded, summed

DIV = "crosscheck.kernels.elementwise.div"
TO_SIZE = "crosscheck.kernels.reduction.to_size"


def _magnitudes(call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray) -> Arrays:
    """Return T of every result, and of what an other gradient computes on the way to it."""
    given = {**call.options, **inputs}
    x, other = (np.abs(np.asarray(given[name], np.float64)) for name in ("input", "other"))
    dy, shapes = np.abs(grad_output.astype(np.float64)), dict(call.shapes)
    with np.errstate(all="ignore"):
        once = x / other
        terms = {
            "input": {"input_gradient": dy / other},
            "other": {
                "other_gradient": dy * (once / other),
                "first": once + np.zeros(dy.shape),
                "second": once / other + np.zeros(dy.shape),
                "first underflows": dy / other,
                "second underflows": dy,
            },
        }
        found = {
            name: summed(each, shapes[operand])
            for operand in shapes
            for name, each in terms[operand].items()
        }
        return {"forward": once, **found}


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes, counts = _magnitudes(call, inputs, grad_output), copies(call)
    numbers = 2 * sum(rounded(call.options, name, dtype) for name in broadcasting.OPERANDS)
    roundings = {"forward": 1}
    roundings |= {f"{name}_gradient": n + 2 * (name == "other") for name, n in counts.items()}
    limits = {
        name: bounds.bound(np.full(sizes[name].shape, float(m + numbers)), sizes[name], dtype)
        for name, m in roundings.items()
    }
    if "other" in counts:
        eta = 2 * bounds.SMALLEST_SUBNORMAL[dtype]  # and a little more, for what follows it
        underflows = sizes["first underflows"] + sizes["second underflows"]
        limits["other_gradient"] = limits["other_gradient"] + eta * underflows
    return limits


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes, counts = _magnitudes(call, inputs, grad_output), copies(call)
    found = {f"{name}_gradient": sizes[f"{name}_gradient"] * (n > 1) for name, n in counts.items()}
    if "other" in counts:
        found["other_gradient"] = found["other_gradient"] + sizes["first"] + sizes["second"]
    return found


def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    """Return where an infinite g meets a quotient that may underflow to 0, and not in float64."""
    given = {**options, **inputs}
    x, other = (np.asarray(given[name], np.float64) for name in ("input", "other"))
    if "other" not in inputs:
        return {}
    with np.errstate(all="ignore"):
        quotient = np.abs(x / other / other)
        meets = np.isinf(grad_output) & (quotient <= np.finfo(grad_output.dtype).smallest_subnormal)
    return {"other_gradient": summed(meets.astype(float), inputs["other"].shape) > 0}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return powers of two for the divisor: each quotient is a multiple of 1/4, a term of 1/16."""
    for name, value in call.frozen_options:
        if name == "other" and np.frexp(abs(value))[0] != 0.5:
            raise NoIntegers("other is no power of two")
        if value != int(value):
            raise NoIntegers(f"{name} is {value}, not an integer")
    longest = max(1, *copies(call).values())
    if 16 * 49 * longest >= sums.EXACT_BELOW:
        raise NoIntegers(f"sums of {longest} sixteenths are no float32")
    shape = call.terms()["forward"].shape
    drawn = sums.integers(call, seed, {"grad_output": shape}, sums.LARGEST_INTEGER)
    if "other" in drawn:
        power, sign = np.abs(drawn["other"]) % 3, np.where(drawn["other"] < 0, -1.0, 1.0)
        drawn["other"] = np.asarray(sign * 2.0**power)
    return drawn


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if options.get("rounding_mode"):
        return "rounding_mode: ours is the true quotient"
    return broadcasting.out_of_scope(inputs, options)


OPERATOR = Operator(
    name="div",
    torch_function="div",
    opinfo_name="div",
    nn_function="arithmetic.div",
    kernels=div,
    parameters=("input", "other", "rounding_mode"),
    differentiable=("input", "other"),
    bounds=_bounds,
    intermediates=_intermediates,
    extra_nan=_extra_nan,
    integers=_integers,
    fuzz=broadcasting.fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros", "tiny"),
    kernel_arguments=broadcasting.kernel_arguments,
    out_of_scope=_out_of_scope,
)

PROBLEMS = broadcasting_problems.problems("div")
SPECIAL_VALUES = ("same", "last")

REJECTS = broadcasting_problems.rejects("div")


def _fault(what: str, right: str, wrong: str, case: str, module: str = DIV) -> Fault:
    return Fault(what, module, right, wrong, "div", case)


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
        "the gradient of a broadcast dividend is not divided",
        "to_size(terms, out.shape, out=out)",
        "to_size(dy, out.shape, out=out)",
        "leading-input",
        TO_SIZE,
    ),
    _fault(
        "the gradient of a broadcast divisor is the dividend's",
        "to_size(terms, out.shape, out=out)",
        "to_size(dy, out.shape, out=out)",
        "bias",
        TO_SIZE,
    ),
)
