"""add: input + alpha * other.

- forward: one addition, and with alpha one product before it. Numbers (alpha, or an operand) are
  rounded first if the dtype cannot hold them exactly. Let the first term go through i roundings
  before the addition (0, or 1 for such a number), and the second through j; then

      |computed - exact| <= u |exact| + (1 + u) (gamma(i) |input| + gamma(j) |alpha other| + eta),

  eta only where there is a product. Without alpha and numbers that is u |exact|, one rounding.
- gradient of an operand: the sum of the output gradients of the n outputs that its element is
  broadcast to: m = n - 1 (bounds.py), exact where n = 1. That of `other` is also multiplied by
  alpha, before or after the sum: one product more, and the rounding of alpha.

The bound of PyTorch's own float64 results, which the error is measured from, is added.
"""

from math import ceil

import numpy as np

from crosscheck.kernels.elementwise import add
from crosscheck.parity import bounds
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import broadcasting, sums
from crosscheck.parity.shared.broadcasting import copies, magnitudes, rounded
from crosscheck.parity.shared.draws import Drawn, one_of


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    options = call.options
    sizes, n = magnitudes(call, inputs, grad_output), copies(call)
    total = np.abs(exact["forward"])
    found = {"forward": sum(_off(options, inputs, total, kind) for kind in (dtype, "float64"))}
    if "input" in inputs:
        m = max(n["input"] - 1, 0)
        found["input_gradient"] = _sum(m, sizes["input_gradient"], dtype)
    if "other" in inputs:
        m = max(n["other"] - 1, 0) + _products(options, dtype)
        underflow = SMALLEST_SUBNORMAL[dtype] if _products(options, dtype) else 0.0
        found["other_gradient"] = _sum(m, sizes["other_gradient"], dtype) + underflow
    return found


def _sum(m: int, magnitude: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # 0 times infinity: PyTorch's result is not finite either
        return bounds.bound(np.full(magnitude.shape, float(m)), magnitude, dtype)


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes, n = magnitudes(call, inputs, grad_output), copies(call)
    found = {
        f"{name}_gradient": sizes[f"{name}_gradient"] * (count > 1) for name, count in n.items()
    }
    alpha = call.options.get("alpha", 1)
    if alpha != 1:
        product = abs(alpha) * np.abs(np.asarray(inputs["other"], dtype=np.float64))
        found["forward"] = np.broadcast_to(product, exact["forward"].shape)
    return found


def _products(options: Options, dtype: str) -> int:
    """Return how many roundings the product with alpha adds."""
    return int(options.get("alpha", 1) != 1) + rounded(options, "alpha", dtype)


def _off(options: Options, inputs: Arrays, total: np.ndarray, dtype: str) -> np.ndarray:
    u, alpha = UNIT_ROUNDOFF[dtype], options.get("alpha", 1)
    x, y = (
        np.abs(np.asarray(inputs.get(name, options.get(name)), dtype=np.float64))
        for name in broadcasting.OPERANDS
    )
    i, j = rounded(options, "input", dtype), rounded(options, "other", dtype)
    j += _products(options, dtype)
    underflow = SMALLEST_SUBNORMAL[dtype] if alpha != 1 else 0.0
    with np.errstate(invalid="ignore"):  # 0 times infinity: PyTorch's result is not finite either
        before = gamma(i, dtype) * x + gamma(j, dtype) * (abs(alpha) * y) + underflow
    # Divided to make up for the rounding of these float64 magnitudes.
    return (u * total + (1 + u) * before) / (1 - gamma(4, "float64"))


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    for name, value in call.frozen_options:
        if value != int(value):
            raise NoIntegers(f"{name} is {value}, not an integer")
    scale = 1 + sum(ceil(abs(value)) for _, value in call.frozen_options)
    amplitude = sums.largest_product(scale * max(1, *copies(call).values()))
    shape = call.terms()["forward"].shape
    return sums.integers(call, seed, {"grad_output": shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = broadcasting.fuzz(rng)
    if rng.random() < 0.4:
        options["alpha"] = one_of(rng, (2, -1, 0, 0.1, -3.125))
    return inputs, options


OPERATOR = Operator(
    name="add",
    order=13,
    torch_function="add",
    opinfo_name="add",
    nn_function="arithmetic.add",
    kernels=add,
    parameters=("input", "other", "alpha"),
    differentiable=("input", "other"),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros"),
    kernel_arguments=broadcasting.kernel_arguments,
    out_of_scope=broadcasting.out_of_scope,
)
