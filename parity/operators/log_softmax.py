"""log_softmax: y = log(softmax(x)) along one dimension; exponentials.py bounds the forward pass.

The gradient is g[j] - exp(y[j]) D, D = sum of g. It reads the output y of our own forward kernel,
as it does in use, so its bound includes the error of y.

- exp(y) is off by dp = `from_log` of exponentials.py.
- D is a sum of n numbers: dD = gamma(n - 1) sum of |g|.
- the product is rounded once: dq = dp (|D| + dD) + p dD + u (p + dp) (|D| + dD) + eta.
- the difference is rounded once: |error| <= dq + u (|g[j]| + p |D| + dq).

PyTorch's float64 results, which errors are measured from, come from the same steps: their bound is
added.
"""

import numpy as np

from crosscheck.kernels.softmax import log_softmax
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import exponentials, softmax_problems
from crosscheck.parity.shared.draws import VALUES

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
DIRECT = "crosscheck.kernels.softmax.direct"
LOG_SUM_EXP = "crosscheck.kernels.log_sum_exp"
TREE = "crosscheck.kernels.softmax.tree"
ONE_PASS = "crosscheck.kernels.softmax.one_pass"


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    ours, theirs = (
        _off(inputs["input"], grad_output, call.options["dim"], kind) for kind in (dtype, "float64")
    )
    return {name: ours[name] + theirs[name] for name in ours}


def _off(x: np.ndarray, g: np.ndarray, dim: int, dtype: str) -> dict[str, np.ndarray]:
    shape = x.shape
    x, g = (np.atleast_1d(each).astype(np.float64) for each in (x, g))
    u, eta, n = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype], x.shape[dim]
    row = exponentials.rows(x, dim, dtype)
    p, dp = row.p, row.from_log
    total = np.abs(g.sum(dim, keepdims=True))
    d_total = gamma(max(n - 1, 0), dtype) * np.abs(g).sum(dim, keepdims=True)
    product = dp * (total + d_total) + p * d_total + u * (p + dp) * (total + d_total) + eta
    gradient = product + u * (np.abs(g) + p * total + product)
    return {"forward": row.log_bound.reshape(shape), "input_gradient": gradient.reshape(shape)}


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    sizes = np.abs(grad_output.astype(np.float64))
    total = sizes.sum(call.options["dim"], keepdims=True)
    return {"input_gradient": np.broadcast_to(total, sizes.shape)}


OPERATOR = Operator(
    name="log_softmax",
    order=7,
    kernels=log_softmax,
    parameters=("input", "dim", "_stacklevel", "dtype"),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=exponentials.no_integers,
    fuzz=softmax_problems.fuzz,
    fuzz_values=VALUES,
    returns=("output",),
    functional_only=("dtype",),  # nn.functional converts before and after
    opinfo_name="log_softmax",
)

PROBLEMS = softmax_problems.problems("log_softmax")
SPECIAL_VALUES = ("rows",)

REJECTS = softmax_problems.rejects("log_softmax")

FAULTS = (
    Fault(
        "the largest is looked for from 0 on",
        LOG_SUM_EXP,
        "m = real(-math.inf)",
        "m = real(0)",
        "log_softmax",
        "large",
    ),
    Fault(
        "log_softmax is the log of softmax, where that underflows",
        DIRECT,
        "y[o, j, i] = (x[o, j, i] - m) - log_s",
        "y[o, j, i] = math.log(math.exp(x[o, j, i] - m) / math.exp(log_s))",
        "log_softmax",
        "deep",
    ),
    Fault(
        "the logarithm is to the base 2",
        DIRECT,
        "math.log(row_sum_exp",
        "math.log2(row_sum_exp",
        "log_softmax",
        "rows",
    ),
    Fault(
        "the gradient of log_softmax takes y for exp(y)",
        DIRECT,
        "math.exp(y[o, j, i]) * total",
        "y[o, j, i] * total",
        "log_softmax",
        "rows",
    ),
    Fault(
        "the gradient by trees starts its sum at 1",
        TREE,
        "total = real(0)",
        "total = real(1)",
        "log_softmax",
        "rows",
    ),
    Fault(
        "the tree of the largest takes the smaller",
        BLOCK_REDUCE,
        "max(scratch[t], scratch[t + half])",
        "min(scratch[t], scratch[t + half])",
        "log_softmax",
        "large",
    ),
    Fault(
        "a warp's logarithm is to the base 2",
        ONE_PASS,
        "math.log(row_sum_exp",
        "math.log2(row_sum_exp",
        "log_softmax",
        "rows",
        algorithm="one_pass",
    ),
    Fault(
        "the gradient of a warp takes y for exp(y)",
        ONE_PASS,
        "math.exp(results[i]) * sum",
        "results[i] * sum",
        "log_softmax",
        "rows",
        algorithm="one_pass",
    ),
    Fault(
        "a lane leaves its first element out of the sum",
        ONE_PASS,
        "            for i in range(KEPT):\n                sum += slopes[i]",
        "            for i in range(1, KEPT):\n                sum += slopes[i]",
        "log_softmax",
        "rows",
        algorithm="one_pass",
    ),
)
