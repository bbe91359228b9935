"""What conv2d and linear share in the suite: y = x * w + b, where * is bilinear.

Every number is a sum of n products, and each product is one rounding: m = n (bounds.py).

- forward: n products of x w, plus the bias as one more term.
- input gradient: n products of g w, over the outputs that the element is in.
- weight gradient: n products of x g, over the outputs that the weight is in.
- bias gradient: n output gradients added up, no product: m = n - 1, bounded by n.

n is what the same direction gives on all ones.
"""

from math import isqrt

import numpy as np

from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import sums


def limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the limit of every result."""
    return sums.limits(question, inputs, grad_output, question.terms(), dtype)


def integers(question: Question, seed: int) -> Arrays:
    """Return factors whose products leave room for the longest sum."""
    terms = question.terms()
    amplitude = isqrt(sums.largest_product(sums.most(terms)))
    return sums.integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)
