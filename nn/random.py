"""The one seed behind every random operator, as in torch; the numbers themselves are our own.

Random operators are functions of a seed and an offset. Each application takes the next offset.
"""

from crosscheck.kernels.arguments import integer, reject

DEFAULT_SEED = 67280421310721  # torch's, for a process that sets none


class _Stream:
    """Where the next application's numbers come from."""

    seed, offset = DEFAULT_SEED, 0


def manual_seed(seed: int) -> None:
    """Start over: the same seed and the same operators after it give the same numbers.

    `seed` is -2^63 to 2^64 - 1; negative ones count from 2^64 down, as in torch.
    """
    number = integer("manual_seed", "seed", seed)
    if not -(2**63) <= number < 2**64:
        reject("manual_seed", "seed", seed, "an integer from -2^63 to 2^64 - 1")
    _Stream.seed, _Stream.offset = number % 2**64, 0


def initial_seed() -> int:
    """Return the seed that is in use."""
    return _Stream.seed


def draw() -> tuple[int, int]:
    """Return (seed, offset) for one application of a random operator, and move on."""
    drawn = _Stream.seed, _Stream.offset
    _Stream.offset += 1
    return drawn
