"""mean over any dimensions.

- forward: n - 1 additions, then one division by n: m = n (bounds.py), T = mean of |x|. float32
  holds n itself exactly below 2^24.
- input gradient: one quotient g / n: m = 1.
"""

import numpy as np

from crosscheck.kernels.reduction import mean
from crosscheck.parity import bounds
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import reduction_problems, reductions
from crosscheck.parity.shared.draws import VALUES

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
KERNELS = "crosscheck.kernels.reduction.kernels"
REDUCE = "crosscheck.kernels.reduction.reduce"


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = call.run({"input": np.abs(inputs["input"])})["forward"]
    n = np.full(magnitude.shape, float(reductions.terms(call)))
    quotient = np.abs(exact["input_gradient"])
    return {
        "forward": bounds.bound(n, magnitude, dtype),
        "input_gradient": bounds.bound(np.ones(quotient.shape), quotient, dtype),
    }


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = call.run({"input": np.abs(inputs["input"])})["forward"]
    return {"forward": magnitude * reductions.terms(call)}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return output gradients that are multiples of n, so that dividing by n is exact.

    The mean itself is one division of an exact sum: see avg_pool2d.
    """
    n = reductions.terms(call)
    if n == 0:
        raise NoIntegers("the mean of no elements is NaN")
    drawn = reductions.integers(call, seed)
    return {**drawn, "grad_output": np.asarray(n * drawn["grad_output"])}


OPERATOR = Operator(
    name="mean",
    order=16,
    torch_function="mean",
    opinfo_name="mean",
    nn_function="reductions.mean",
    kernels=mean,
    parameters=("input", "dim", "keepdim", "dtype"),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=reductions.fuzz,
    fuzz_values=VALUES,
    out_of_scope=reductions.out_of_scope,
)

PROBLEMS = reduction_problems.problems("mean")
SPECIAL_VALUES = ("rows", "one")

REJECTS = reduction_problems.rejects("mean")

FAULTS = (
    Fault(
        "the direct mean is not divided",
        KERNELS,
        "numbers)\n            y[k, l] = finish(total, *numbers)",
        "numbers)\n            y[k, l] = total",
        "mean",
        "rows",
    ),
    Fault(
        "the sum's tree leaves its last level out",
        BLOCK_REDUCE,
        "while half != 0:",
        "while half > 1:",
        "mean",
        "all-256",
    ),
    Fault(
        "the tree of a mean is not divided",
        KERNELS,
        "if t == 0:\n                y[k, l] = finish(total, *numbers)",
        "if t == 0:\n                y[k, l] = total",
        "mean",
        "terms-256",
    ),
    Fault(
        "the gradient of a mean is not divided",
        KERNELS,
        "dx[a, b, c, d] = dy[a, b, c, d] / divisor",
        "dx[a, b, c, d] = dy[a, b, c, d]",
        "mean",
        "rows",
    ),
    Fault(
        "a mean is divided by the number of outputs",
        REDUCE,
        "float(count) if mean",
        "float(outputs) if mean",
        "mean",
        "rows",
    ),
    Fault(
        "the mean of nothing is 0",
        REDUCE,
        "float(count) if mean",
        "float(max(count, 1)) if mean",
        "mean",
        "no-terms",
    ),
)
