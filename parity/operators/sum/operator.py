"""sum over any dimensions.

- forward: the sum of n elements: m = n - 1 (bounds.py), exact where n is 0 or 1.
- input gradient: every element gets its output's gradient, unchanged: exact.
"""

import numpy as np

from crosscheck.kernels.reduction import sum_
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import reduction_problems, reductions, sums
from crosscheck.parity.shared.draws import VALUES


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = call.run({"input": np.abs(inputs["input"])})["forward"]
    additions = np.full(magnitude.shape, max(reductions.terms(call) - 1.0, 0.0))
    with np.errstate(invalid="ignore"):  # 0 times infinity: PyTorch's result is not finite either
        return {"forward": bounds.bound(additions, magnitude, dtype)}


OPERATOR = Operator(
    name="sum",
    order=15,
    torch_function="sum",
    opinfo_name="sum",
    nn_function="reductions.sum",
    kernels=sum_,
    parameters=("input", "dim", "keepdim", "dtype"),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=sums.partial_sums,
    integers=reductions.integers,
    fuzz=reductions.fuzz,
    fuzz_values=VALUES,
    out_of_scope=reductions.out_of_scope,
)

PROBLEMS = reduction_problems.problems("sum")
SPECIAL_VALUES = ("rows", "one")

REJECTS = reduction_problems.rejects("sum")
