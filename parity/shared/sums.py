"""Bounds of sums of products or of plain terms, and integers that keep them exact.

By bounds.py, a sum of n terms that were each rounded at most once is within gamma(n) T + n eta of
the exact sum, T being the sum of the terms' magnitudes.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from crosscheck.parity import data
from crosscheck.parity.bounds import bound
from crosscheck.parity.operator import NoIntegers, Numbers
from crosscheck.parity.reference_call import Arrays, ReferenceCall

EXACT_BELOW = 2**24  # float32, and so float64, holds every smaller integer
LARGEST_INTEGER = 7  # large enough to tell elements apart, small enough for long sums


def bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, terms: Arrays, dtype: str
) -> dict[str, np.ndarray]:
    """Return the bound of each result whose number of `terms` is given; m = n."""
    sizes = magnitudes(call, inputs, grad_output)
    return {name: bound(counted, sizes[name], dtype) for name, counted in terms.items()}


def magnitudes(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, **changed: Any
) -> dict[str, np.ndarray]:
    """Return T of every result: what the call, with `changed` options, gives on absolute values."""
    absolute = {
        name: np.abs(each) if each.dtype.kind == "f" else each for name, each in inputs.items()
    }
    sizes = call.run(absolute, np.abs(grad_output), **changed)
    return {name: np.abs(each) for name, each in sizes.items()}


def of_copies(result: str) -> Numbers:
    """Return the bounds of an operator all of whose results are copies of elements but this one: a
    sum of n copies, so m = n - 1. n is what it is on all ones.
    """

    def bounds_of(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> dict[str, np.ndarray]:
        additions = np.maximum(call.terms()[result] - 1, 0)
        return {result: bound(additions, magnitudes(call, inputs, grad_output)[result], dtype)}

    return bounds_of


def partial_sums(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> dict[str, np.ndarray]:
    """Return T of every sum of several terms: no partial sum is larger."""
    sizes, terms = magnitudes(call, inputs, grad_output), call.terms()
    return {name: np.where(terms[name] > 1, sizes[name], 0.0) for name in sizes}


def most(terms: Arrays) -> int:
    """Return the number of terms of the longest sum."""
    return max((int(np.max(each, initial=0)) for each in terms.values()), default=0)


def largest_product(terms: int) -> int:
    """Return how large products may be for a sum of `terms` of them to be exact in float32.

    Raises NoIntegers if they may not even be 1.
    """
    fits = (EXACT_BELOW - 1) // max(terms, 1)
    if fits < 1:
        raise NoIntegers(f"no integers keep a sum of {terms} terms below 2^24")
    return fits


def integers(
    call: ReferenceCall, seed: int, shapes: Mapping[str, tuple[int, ...]], amplitude: int
) -> dict[str, np.ndarray]:
    """Return random integers for the call's inputs, and for further tensors of `shapes`."""
    amplitude = min(LARGEST_INTEGER, amplitude)
    drawn = call.fill(lambda name, shape: data.integers(seed, name, shape, amplitude))
    for name, shape in shapes.items():
        drawn[name] = data.integers(seed, name, shape, amplitude)
    return drawn


def integers_to_add(call: ReferenceCall, seed: int) -> dict[str, np.ndarray]:
    """Return integers for an operator that adds inputs, or output gradients, without products."""
    terms = call.terms()
    amplitude = largest_product(most(terms))
    return integers(call, seed, {"grad_output": terms["forward"].shape}, amplitude)
