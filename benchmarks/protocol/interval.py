"""The bootstrap interval of a median: how far it might have come out elsewhere."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 1000
CONFIDENCE = 0.95


def of_median(samples: Sequence[float]) -> tuple[float, float, float]:
    """Return (median, low, high): the median and its bootstrap percentile interval (95 %).

    Efron, "Bootstrap methods: another look at the jackknife", 1979. The same samples give the same
    interval. Raises ValueError without a sample.
    """
    if len(samples) == 0:
        raise ValueError("samples has no element; expected at least 1")
    values = np.asarray(samples, np.float64)
    drawn = np.random.default_rng(0).integers(0, values.size, (RESAMPLES, values.size))
    medians = np.median(values[drawn], axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(medians, (tail, 1 - tail))
    return float(np.median(values)), float(low), float(high)


def width(samples: Sequence[float]) -> float:
    """Return how wide the interval is, as a share of the median."""
    median, low, high = of_median(samples)
    return (high - low) / median if median else float("inf")
