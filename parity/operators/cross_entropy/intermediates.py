"""How large numbers get on the way to the results of cross_entropy, in the notation of bounds.py.

- a row of several terms k' l adds them up, w l or (keep q + share) l being first; the losses of
  'sum' and 'mean' are then added up. A row of one term is that product itself.
- gradients add up the |g| k' of a row, g having been divided by W for 'mean' and, with
  probabilities, multiplied by w; the target's gradient multiplies |g| w by l and by keep.
- W adds up the targets' weights. Where it overflows, a quotient by it is 0, and wrong.
"""

import numpy as np

from crosscheck.parity.bounds import OVERFLOW
from crosscheck.parity.operators.cross_entropy.bounds import coefficients
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import exponentials
from crosscheck.parity.shared.exponentials import larger_quotient


def intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the size of the largest intermediate result of every result."""
    known, smooth = coefficients(inputs, call.options), call.options.get("label_smoothing", 0.0)
    probable, axis = inputs["target"].dtype.kind == "f", known.axis
    l = exponentials.rows(inputs["input"].astype(np.float64), axis, dtype).log  # noqa: E741
    losses = (known.size * l).sum(axis)
    first = np.maximum(known.weights * l, known.taken * l).max(axis)
    forward = np.where((known.size > 0).sum(axis) > 1, np.maximum(first, losses), 0.0)
    if known.reduction != "none":
        forward = np.maximum(forward.max(initial=0.0), losses.sum())

    g = np.abs(grad_output.astype(np.float64))
    growth = np.zeros_like(g)
    if known.reduction == "mean":
        total = known.divisors.sum()
        if np.abs(known.divisors).sum() >= OVERFLOW[dtype]:
            return {name: np.full(each.shape, np.inf) for name, each in exact.items()}
        growth, g = larger_quotient(g, total), np.abs(g / total) if total else g
    if known.reduction == "none":
        g, growth = np.expand_dims(g, axis), np.expand_dims(growth, axis)
    slopes = np.maximum((g * known.size).sum(axis, keepdims=True), growth)
    weighted = np.maximum(g * known.weights, growth)
    found = {
        "forward": forward,
        "input_gradient": np.maximum(slopes, weighted * probable),
        "target_gradient": np.maximum(weighted, weighted * l) if smooth else weighted,
    }
    return {
        name: np.broadcast_to(each, exact[name].shape)
        for name, each in found.items()
        if name in exact
    }
