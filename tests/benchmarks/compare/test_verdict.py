"""The rule of faster, slower and no different, against numbers made up for it."""

import math

import numpy as np
import pytest

from crosscheck.benchmarks.compare.verdict import FASTER, LEAST_SAMPLES, SAME, SLOWER, compare


@pytest.mark.parametrize(
    ("after", "scatter", "expected"),
    [
        (110, 0.01, SLOWER),
        (90, 0.01, FASTER),
        (110, 0.10, SAME),
        (101, 0.01, SAME),
        (103, 0.01, SLOWER),
        (100, 0.0, SAME),
    ],
)
def test_a_difference_within_the_scatter_is_none(row, after, scatter, expected):
    assert compare([(row(100, scatter), row(after, scatter))]).verdict == expected


def test_the_interval_is_the_quadrature_of_both_each_side_for_itself(row):
    before = row(100, low=98, high=103)
    after = row(120, low=117, high=121)
    found = compare([(before, after)])
    down = math.hypot(math.log(120 / 117), math.log(103 / 100))
    up = math.hypot(math.log(121 / 120), math.log(100 / 98))
    assert found.ratio == pytest.approx(1.2)
    assert found.low == pytest.approx(1.2 * math.exp(-down))
    assert found.high == pytest.approx(1.2 * math.exp(up))


def test_a_threshold_is_exceeded_only_by_what_is_slower_beyond_doubt(row):
    for after, scatter, threshold, expected in (
        (110, 0.01, 0.05, True),
        (104, 0.01, 0.05, False),  # slower, but not by so much
        (110, 0.10, 0.05, False),  # so much, but perhaps not slower
        (90, 0.01, 0.05, False),
    ):
        found = compare([(row(100, scatter), row(after, scatter))])
        assert found.exceeds(threshold) == expected


def test_few_samples_tell_nothing(row):
    few = row(200, samples=LEAST_SAMPLES - 1)
    assert compare([(row(100), few)]).verdict == SAME
    assert compare([(row(100), row(200, samples=LEAST_SAMPLES))]).verdict == SLOWER


def test_what_not_every_round_shows_is_no_difference(row):
    slower, same = (row(100), row(110)), (row(100), row(100))
    assert compare([slower, slower, slower]).verdict == SLOWER
    assert compare([slower, slower, same]).verdict == SAME


def test_a_drift_that_both_sides_share_is_none(row):
    drift = [(row(100 * speed), row(110 * speed)) for speed in (1, 1.3, 1.7)]
    found = compare(drift)
    assert found.verdict == SLOWER and found.ratio == pytest.approx(1.1)


def test_equal_kernels_seem_different_about_once_in_twenty_times(row):
    """Bootstrap intervals of the same distribution, drawn anew."""
    random = np.random.default_rng(0)

    def measured():
        samples = random.lognormal(0, 0.05, 60)
        medians = np.median(random.choice(samples, (200, 60)), axis=1)
        median, (low, high) = np.median(samples), np.quantile(medians, (0.025, 0.975))
        return row(median, low=min(low, median), high=max(high, median))

    verdicts = [compare([(measured(), measured())]).verdict for _ in range(400)]
    assert 0.005 < 1 - verdicts.count(SAME) / 400 < 0.1
