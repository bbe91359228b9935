"""avg_pool2d: the sum of each window, divided.

- forward: the sum of n pixels, then one division: m = n (bounds.py). n counts the pixels inside the
  image (padding adds zeros), and T = sum of |x| / |divisor|.
- input gradient: a sum of n quotients g / divisor, one rounding each, over the windows that the
  pixel is in: m = n.
"""

import numpy as np

from crosscheck.kernels.pooling import avg_pool2d
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, one_of, window


def _terms(call: ReferenceCall) -> Arrays:
    return call.terms(divisor_override=1)  # a divisor of 1: the sum counts the pixels


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return sums.bounds(call, inputs, grad_output, _terms(call), dtype)


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = sums.partial_sums(call, inputs, grad_output, exact, dtype)
    undivided = sums.magnitudes(call, inputs, grad_output, divisor_override=1)
    return {**sizes, "forward": undivided["forward"]}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return output gradients that are multiples of their divisors, so that quotients are exact.

    The forward pass is one division of an exact sum. PyTorch's quotient is rounded to float64 and
    then to float32, which gives the same as rounding once, because 53 >= 2 * 24 + 2 (Figueroa,
    "When is double rounding innocuous?").
    """
    terms = _terms(call)
    divisors = np.rint(terms["forward"] / call.run(call.ones())["forward"])
    largest = max(sums.most(terms), int(np.max(np.abs(divisors), initial=0)))
    amplitude = sums.largest_product(largest)
    drawn = sums.integers(call, seed, {"grad_output": divisors.shape}, amplitude)
    return {**drawn, "grad_output": np.asarray(divisors * drawn["grad_output"])}


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = window(rng, dilated=False)
    options["count_include_pad"] = bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        options["divisor_override"] = one_of(rng, (1, 2, 5, -3))
    return inputs, options


OPERATOR = Operator(
    name="avg_pool2d",
    order=3,
    kernels=avg_pool2d,
    parameters=(
        "input",
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    ),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)
