"""Results that are sums of products, or of plain terms: their limits, and integers for them.

Notation and the theorem are in bounds.py: a sum of n terms, each of which went through at most one
rounding, is within gamma(n) T + n eta of the exact one, T being the sum of the terms' magnitudes.
"""

from collections.abc import Mapping

import numpy as np

from crosscheck.parity import bounds, data
from crosscheck.parity.operator import NoIntegers
from crosscheck.parity.question import Arrays, Question

EXACT_BELOW = 2**24  # float32 holds every smaller integer; float64 then holds them, too
LARGEST_INTEGER = 7  # enough to tell elements apart, small enough for long sums


def limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, terms: Arrays, dtype: str
) -> dict[str, np.ndarray]:
    """Return the limit of every result in `terms`, all of them sums in which m = n.

    T is what the same operation gives on absolute values.
    """
    absolute = {
        name: np.abs(each) if each.dtype.kind == "f" else each for name, each in inputs.items()
    }
    sums = question.ask(absolute, np.abs(grad_output))
    return {
        name: bounds.bound(counted, np.abs(sums[name]), dtype) for name, counted in terms.items()
    }


def most(terms: Arrays) -> int:
    """Return the number of terms of the longest sum."""
    return max((int(np.max(each, initial=0)) for each in terms.values()), default=0)


def largest_product(terms: int) -> int:
    """Return how large products may be for sums of so many to stay exact in float32.

    Raises NoIntegers when not even 1 will do.
    """
    fits = (EXACT_BELOW - 1) // max(terms, 1)
    if fits < 1:
        raise NoIntegers(f"no integers keep a sum of {terms} terms below 2^24")
    return fits


def integers(
    question: Question, seed: int, shapes: Mapping[str, tuple[int, ...]], amplitude: int
) -> dict[str, np.ndarray]:
    """Return random integers for the question's inputs, and for further tensors of `shapes`."""
    amplitude = min(LARGEST_INTEGER, amplitude)
    drawn = question.fill(lambda name, shape: data.integers(seed, name, shape, amplitude))
    for name, shape in shapes.items():
        drawn[name] = data.integers(seed, name, shape, amplitude)
    return drawn


def integers_to_add(question: Question, seed: int) -> dict[str, np.ndarray]:
    """Return integers for an operator that adds up its inputs, or output gradients, as they are."""
    terms = question.terms()
    amplitude = largest_product(most(terms))
    return integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)
