"""div: input / other.

Notation: see bounds.py.

- forward: one quotient: m = 1.
- input gradient: the sum of n quotients g / other, n being the outputs that an element is broadcast
  to: m = n.
- other gradient: the sum of n terms -g ((x / other) / other), each rounded three times: m = n + 2.
  Where x / other underflows, its error of eta is divided by other and multiplied by g; an error of
  eta of the second quotient is multiplied by g.
A number that the dtype cannot hold exactly adds its own rounding, twice where it divides twice.

A quotient rounded to an integer is one of those between quotients that are off as much as above; by
"floor" it is the exact one, as a remainder is, while quotients are below 2^20: larger ones are off
by four roundings. The gradients are 0.
"""

import numpy as np

from crosscheck.kernels.elementwise import div
from crosscheck.parity import bounds
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import broadcasting, sums
from crosscheck.parity.shared.broadcasting import copies, rounded, summed
from crosscheck.parity.shared.draws import Drawn, one_of


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
    if mode := call.options.get("rounding_mode"):
        return {"forward": _steps(sizes["forward"], numbers, mode, dtype)}
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


def _steps(quotient: np.ndarray, numbers: int, mode: str, dtype: str) -> np.ndarray:
    """Return how many integers lie between the least and the largest size of a rounded quotient."""
    roundings = 1 if mode == "trunc" else 4 * (quotient > 2.0**20)
    off = bounds.bound(np.asarray(roundings + numbers, float), quotient, dtype)
    with np.errstate(invalid="ignore"):
        return np.floor(quotient + off) - np.floor(np.fmax(quotient - off, 0.0)) + (off > 0.5)


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    if call.options.get("rounding_mode"):
        return {}
    sizes, counts = _magnitudes(call, inputs, grad_output), copies(call)
    found = {f"{name}_gradient": sizes[f"{name}_gradient"] * (n > 1) for name, n in counts.items()}
    if "other" in counts:
        found["other_gradient"] = found["other_gradient"] + sizes["first"] + sizes["second"]
    return found


def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    """Return where an infinite g meets a quotient that may underflow to 0, and not in float64."""
    given = {**options, **inputs}
    x, other = (np.asarray(given[name], np.float64) for name in ("input", "other"))
    if "other" not in inputs or options.get("rounding_mode"):
        return {}
    with np.errstate(all="ignore"):
        quotient = np.abs(x / other / other)
        meets = np.isinf(grad_output) & (quotient <= np.finfo(grad_output.dtype).smallest_subnormal)
    return {"other_gradient": summed(meets.astype(float), inputs["other"].shape) > 0}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return powers of two for the divisor: each quotient is a multiple of 1/4, a term of 1/16."""
    for name, value in call.frozen_options:
        if name == "rounding_mode":
            continue
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


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = broadcasting.fuzz(rng)
    return inputs, {**options, "rounding_mode": one_of(rng, (None, None, "trunc", "floor"))}


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
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros", "tiny"),
    kernel_arguments=broadcasting.kernel_arguments,
    out_of_scope=broadcasting.out_of_scope,
)
