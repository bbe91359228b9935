"""softmax: p along one dimension; exponentials.py bounds the forward pass.

The gradient is p[j] (g[j] - D), D = sum of g p. It reads the output p of our own forward kernel, as
it does in use, so its bound includes the error dp of p.

- D is a sum of n products: dD = sum of |g| dp + gamma(n) sum of |g| (p + dp) + n eta.
- t = g[j] - D is rounded once: dt = dD + u (|g[j]| + |D| + dD).
- the product is rounded once: |error| <= dp |t| + (p + dp) dt + u (p + dp) (|t| + dt) + eta.

PyTorch's float64 results, which errors are measured from, come from the same steps: their bound is
added.
"""

import numpy as np

from crosscheck.kernels.softmax import softmax
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma, stored
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import exponentials, softmax_problems
from crosscheck.parity.shared.draws import VALUES


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
    p, dp = row.p, row.p_bound
    forward, dp = dp, stored(dp, p, dtype)  # the gradient reads what was stored
    total = (g * p).sum(dim, keepdims=True)
    d_total = (np.abs(g) * dp).sum(dim, keepdims=True) + n * eta
    d_total = d_total + gamma(n, dtype) * (np.abs(g) * (p + dp)).sum(dim, keepdims=True)
    t = np.abs(g - total)
    dt = d_total + u * (np.abs(g) + np.abs(total) + d_total)
    gradient = dp * t + (p + dp) * dt + u * (p + dp) * (t + dt) + eta
    return {"forward": forward.reshape(shape), "input_gradient": gradient.reshape(shape)}


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    x, g = inputs["input"].astype(np.float64), grad_output.astype(np.float64)
    dim = call.options["dim"]
    terms = g * exponentials.rows(x, dim, dtype).p
    size, total = np.abs(terms).sum(dim, keepdims=True), terms.sum(dim, keepdims=True)
    return {"input_gradient": np.maximum(size, np.abs(g - total))}


OPERATOR = Operator(
    name="softmax",
    order=6,
    kernels=softmax,
    parameters=("input", "dim", "_stacklevel", "dtype"),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=exponentials.no_integers,
    fuzz=softmax_problems.fuzz,
    fuzz_values=VALUES,
    returns=("output",),
    functional_only=("dtype",),  # nn.functional converts before and after
    opinfo_name="softmax",
)

PROBLEMS = softmax_problems.problems("softmax")
SPECIAL_VALUES = ("rows",)

REJECTS = softmax_problems.rejects("softmax")
