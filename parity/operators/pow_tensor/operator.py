"""pow of two tensors, or of a number and a tensor: input^exponent.

Bounds by running error analysis (parity/shared/rounded.py), of

- forward: pow;
- the terms of the input gradient, g (e x^(e - 1)): e - 1 is rounded, and log|x| times that is a
  relative error of the power;
- the terms of the exponent gradient, g (x^e log x).

A gradient is the sum of the n terms f that an element is broadcast to, off by the sum of their
errors, and by gamma(n - 1) times that of |f| + error. PyTorch in float64 is off by as much.
"""

from collections.abc import Mapping
from numbers import Real

import numpy as np

from crosscheck.kernels.elementwise import pow_tensor
from crosscheck.parity.bounds import gamma
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import broadcasting
from crosscheck.parity.shared.broadcasting import summed
from crosscheck.parity.shared.draws import Drawn
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded, given, log, number, power, read_back, select

OPERANDS = ("input", "exponent")
SLACK = 1 + 2.0**-30  # for the rounding of the bounds themselves


def _factors(
    inputs: Arrays, options: Options, shape: tuple[int, ...], dtype: str
) -> dict[str, Rounded]:
    """Return the power, and the two factors of dy."""
    arrays = {name: given(np.broadcast_to(each, shape), dtype) for name, each in inputs.items()}
    e, x = arrays["exponent"], arrays.get("input")
    if x is None:
        x = read_back(number(options["input"], dtype))  # it becomes an array
    zero, y = number(0.0, dtype), power(x, e)
    has_log = (x.value != 0) | ~(e.value >= 0)
    return {
        "forward": y,
        "input_gradient": select(e.value == 0, zero, e * power(x, e - 1)),
        "exponent_gradient": select(has_log, y * log(x), zero),
    }


def _results(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, dtype: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the bound of every result, and its largest intermediate result."""
    found = _factors(inputs, call.options, grad_output.shape, dtype)
    y, dy, results = found.pop("forward"), given(grad_output, dtype), {}
    for name, shape in call.shapes:
        factor = found[f"{name}_gradient"]
        terms = dy * factor
        if name == "input":  # an exponent of 0 hides dy, whatever it is
            terms = select(inputs["exponent"] == 0, number(0.0, dtype), terms)
        size, error = (summed(np.abs(each), shape) for each in (terms.value, terms.error))
        n = grad_output.size // max(int(np.prod(shape)), 1)
        sums = gamma(max(n - 1, 0), dtype) * (size + error)
        reach = np.fmax(
            _largest(np.broadcast_to(terms.before, dy.value.shape), shape), size * (n > 1)
        )
        results[f"{name}_gradient"] = (error + sums) * SLACK, reach
    return {"forward": (y.error, np.asarray(y.before)), **results}


def _largest(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return, for each element of a shape, the sum of what it is broadcast to: no less."""
    return summed(np.nan_to_num(values, nan=0.0, posinf=np.inf), shape)


@np.errstate(all="ignore")
def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    ours, theirs = (_results(call, inputs, grad_output, each) for each in (dtype, "float64"))
    return {
        name: np.broadcast_to(ours[name][0] + theirs[name][0], each.shape)
        for name, each in exact.items()
    }


@np.errstate(all="ignore")
def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    found = _results(call, inputs, grad_output, dtype)
    return {name: np.broadcast_to(found[name][1], each.shape) for name, each in exact.items()}


@np.errstate(all="ignore")
def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    """Return where an infinite g meets a factor that may underflow to 0, and not in float64."""
    found = _factors(inputs, options, grad_output.shape, grad_output.dtype.name)
    results = {}
    for name, each in inputs.items():
        factor = found[f"{name}_gradient"]
        meets = np.isinf(grad_output) & (np.abs(factor.value) <= factor.error) & (factor.value != 0)
        results[f"{name}_gradient"] = summed(meets.astype(float), each.shape) > 0
    return results


def _kernel_arguments(tensors: Mapping, options: Options) -> tuple[Mapping, Options]:
    return broadcasting.kernel_arguments(tensors, options, OPERANDS)


def _reference_arguments(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    """Return them with PyTorch's name of a base that is a number."""
    return inputs, {name.replace("input", "self"): each for name, each in options.items()}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if "exponent" not in inputs:
        return "the exponent is a number: see the operator pow"
    kinds = {each.dtype for each in inputs.values()}
    if len(kinds) > 1:
        return "operands of two dtypes: `nn` converts them first"
    is_number = all(isinstance(each, Real) for each in options.values())
    return "" if is_number else "a base that is no real number"


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = broadcasting.fuzz(rng)
    if options:
        return {"exponent": inputs["input"]}, {"input": abs(options["other"])}
    return {"input": inputs["input"], "exponent": inputs["other"]}, {}


OPERATOR = Operator(
    name="pow_tensor",
    torch_function="pow",
    opinfo_name="pow",
    nn_function="arithmetic.pow",
    kernels=pow_tensor,
    parameters=OPERANDS,
    differentiable=OPERANDS,
    bounds=_bounds,
    intermediates=_intermediates,
    extra_nan=_extra_nan,
    integers=no_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "nan", "signed_zeros", "tiny"),
    fill={"input": lambda values, before: np.abs(values)},  # else every other power is NaN
    kernel_arguments=_kernel_arguments,
    reference_arguments=_reference_arguments,
    out_of_scope=_out_of_scope,
)
