"""How large numbers get on the way to cross_entropy's results: notation of bounds.py beside it.

- a row's loss adds up k' l, in which w l, and (keep q + share) l before the weight, come first; the
  losses of 'sum' and 'mean' are then added up.
- gradients start from g, divided by W for 'mean', times w; the sum of |g| k' over a row is the
  largest that comes after it. The target's gradient multiplies |g| w by l.
- W is the sum of |w| over the targets. Where it overflows, a quotient is 0, and wrong.
"""

import numpy as np

from crosscheck.parity.bounds import OVERFLOW
from crosscheck.parity.operators.cross_entropy.bounds import coefficients
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import exponentials
from crosscheck.parity.shared.exponentials import overflowing_quotient


def intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the size of the largest intermediate result of every result."""
    known = coefficients(inputs, call.options)
    l = exponentials.rows(inputs["input"].astype(np.float64), known.axis, dtype).log  # noqa: E741
    g = np.abs(grad_output.astype(np.float64))
    losses = known.size * l
    first = np.maximum(known.weights * l, known.taken * l).max(known.axis)
    forward = np.maximum(first, losses.sum(known.axis))
    if known.reduction != "none":
        forward = np.maximum(forward.max(initial=0.0), losses.sum())
    if known.reduction == "mean":
        if np.abs(known.divisors).sum() >= OVERFLOW[dtype]:
            return {name: np.full(each.shape, np.inf) for name, each in exact.items()}
        g = overflowing_quotient(g, known.divisors.sum())
    if known.reduction == "none":
        g = np.expand_dims(g, known.axis)
    rows = (g * known.size).sum(known.axis, keepdims=True)
    slopes = np.maximum(g * np.maximum(known.weights, 1.0), rows)
    found = {
        "forward": np.broadcast_to(forward, exact["forward"].shape),
        "input_gradient": np.broadcast_to(slopes, l.shape),
        "target_gradient": np.maximum(slopes, g * known.weights * np.maximum(l, 1.0)),
    }
    return {name: each for name, each in found.items() if name in exact}
