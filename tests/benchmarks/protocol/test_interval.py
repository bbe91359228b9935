"""The bootstrap interval of a median."""

import numpy as np
import pytest

from crosscheck.benchmarks.protocol import interval


def test_equal_samples_have_no_width():
    assert interval.of_median([3.0] * 10) == (3.0, 3.0, 3.0) and interval.width([3.0] * 10) == 0


def test_the_interval_holds_the_true_median_about_as_often_as_it_says():
    rng, held = np.random.default_rng(1), 0
    for _ in range(200):
        median, low, high = interval.of_median(rng.lognormal(size=40))
        assert low <= median <= high
        held += low <= 1.0 <= high  # the median of that distribution
    assert 0.88 * 200 <= held <= 199


def test_more_samples_narrow_it():
    rng = np.random.default_rng(2)
    few, many = rng.normal(10, 1, 20), rng.normal(10, 1, 500)
    assert interval.width(many) < interval.width(few) / 2


def test_no_sample_is_refused():
    with pytest.raises(ValueError, match="expected at least 1"):
        interval.of_median([])
