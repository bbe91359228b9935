"""The default generator of all random operators: one seed, as in PyTorch, but other numbers.

A random operator is a function of a seed and an offset. Every application takes the next offset.
"""

import numpy as np

from crosscheck.kernels.arguments import integer, reject

DEFAULT_SEED = 67280421310721  # PyTorch's, for a process that never calls manual_seed


class _DefaultGenerator:
    """The seed, and the offset that the next application takes."""

    seed, offset = DEFAULT_SEED, 0


def manual_seed(seed: int) -> None:
    """Set the seed and reset the offset: the same operators then give the same numbers.

    `seed` is an integer from -2^63 to 2^64 - 1. A negative one means 2^64 + seed, as in PyTorch.
    Raises TypeError or ValueError for any other.
    """
    number = integer("manual_seed", "seed", seed)
    if not -(2**63) <= number < 2**64:
        reject("manual_seed", "seed", seed, "an integer from -2^63 to 2^64 - 1")
    _DefaultGenerator.seed, _DefaultGenerator.offset = number % 2**64, 0


def initial_seed() -> int:
    """Return the current seed."""
    return _DefaultGenerator.seed


def draw() -> tuple[int, int]:
    """Return (seed, offset) for one application of a random operator, and advance the offset."""
    drawn = _DefaultGenerator.seed, _DefaultGenerator.offset
    _DefaultGenerator.offset += 1
    return drawn


def generator() -> np.random.Generator:
    """Return NumPy's generator for one application of a random operator on the host."""
    return np.random.default_rng(draw())
