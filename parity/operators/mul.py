"""mul: input * other.

- forward: one product: m = 1 (bounds.py); m = 2 where one operand is a number that the dtype cannot
  hold exactly.
- gradient of an operand: the sum, over the n outputs its element is broadcast to, of the output
  gradient times the other operand. Each product is rounded once: m = n, or n + 1 with a number that
  the dtype cannot hold exactly.
"""

from math import ceil, isqrt

import numpy as np

from crosscheck.kernels.elementwise import mul
from crosscheck.parity import bounds
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import broadcasting, broadcasting_problems, sums
from crosscheck.parity.shared.broadcasting import copies, magnitudes, rounded

MUL = "crosscheck.kernels.elementwise.mul"
TO_SIZE = "crosscheck.kernels.reduction.to_size"


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = magnitudes(call, inputs, grad_output)
    numbers = sum(rounded(call.options, name, dtype) for name in broadcasting.OPERANDS)
    terms = {f"{name}_gradient": n for name, n in copies(call).items()}
    return {
        name: bounds.bound(np.full(sizes[name].shape, float(n + numbers)), sizes[name], dtype)
        for name, n in {"forward": 1, **terms}.items()
    }


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = magnitudes(call, inputs, grad_output)
    return {
        f"{name}_gradient": sizes[f"{name}_gradient"] * (n > 1) for name, n in copies(call).items()
    }


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    scale = 1
    for name, value in call.frozen_options:
        if value != int(value):
            raise NoIntegers(f"{name} is {value}, not an integer")
        scale += ceil(abs(value))
    amplitude = isqrt(sums.largest_product(scale * max(1, *copies(call).values())))
    shape = call.terms()["forward"].shape
    return sums.integers(call, seed, {"grad_output": shape}, amplitude)


OPERATOR = Operator(
    name="mul",
    order=14,
    torch_function="mul",
    opinfo_name="mul",
    nn_function="arithmetic.mul",
    kernels=mul,
    parameters=("input", "other"),
    differentiable=("input", "other"),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=broadcasting.fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities", "signed_zeros", "tiny"),
    kernel_arguments=broadcasting.kernel_arguments,
    out_of_scope=broadcasting.out_of_scope,
)

PROBLEMS = broadcasting_problems.problems("mul")
SPECIAL_VALUES = ("same", "last")

REJECTS = broadcasting_problems.rejects("mul")

FAULTS = (
    Fault(
        "mul is a sum",
        MUL,
        "return x * other",
        "return x + other",
        "mul",
        "same",
    ),
    Fault(
        "mul reads the other in the wrong order",
        MUL,
        "product(x[a, b, c, d], other[a, b, c, d])",
        "product(x[a, b, c, d], other[a, b, d, c])",
        "mul",
        "transposed",
    ),
    Fault(
        "the last product is missing",
        MUL,
        "if a < A:",
        "if a < A and index(cuda.grid(1)) + 1 < index(y.size):",
        "mul",
        "block",
    ),
    Fault(
        "the gradient of a broadcast product is not multiplied",
        TO_SIZE,
        "to_size(terms, out.shape, out=out)",
        "to_size(dy, out.shape, out=out)",
        "mul",
        "bias",
    ),
    Fault(
        "leading dimensions of a gradient are not summed",
        TO_SIZE,
        "(*range(lead), *ones)",
        "(*range(max(lead - 1, 0)), *ones)",
        "mul",
        "leading",
    ),
)
