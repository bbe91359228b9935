"""What conv2d and linear share: y = x * w + b, where * is bilinear.

Every result is a sum of n products, and each product is rounded once: m = n (bounds.py).

- forward: n products x w, plus the bias as one more term.
- input gradient: n products g w, over the outputs that the element contributes to.
- weight gradient: n products x g, over the outputs that the weight contributes to.
- bias gradient: a sum of n output gradients, without products: m = n - 1, bounded by n.

n is what the same direction gives on all ones.
"""

from math import isqrt

import numpy as np

from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums


def bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the bound of every result."""
    return sums.bounds(call, inputs, grad_output, call.terms(), dtype)


def integers(call: ReferenceCall, seed: int, at_least: int = 0) -> Arrays:
    """Return integers whose products are small enough for the longest sum to be exact, and for one
    of `at_least` terms.
    """
    terms = call.terms()
    amplitude = isqrt(sums.largest_product(max(sums.most(terms), at_least)))
    return sums.integers(call, seed, {"grad_output": terms["forward"].shape}, amplitude)
