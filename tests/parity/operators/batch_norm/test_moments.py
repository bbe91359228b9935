"""The bounds of batch norm's statistics, against exact rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from crosscheck.kernels.normalization import batch_norm
from crosscheck.parity.bounds import UNIT_ROUNDOFF
from crosscheck.parity.operators.batch_norm import moments

DATA = {
    "around 0": (0.0, 1.0),
    "far from 0": (1e3, 1.0),
    "deviation below the mean's rounding": (1030.0, 1e-4),
    "variance below eps": (1.0, 1e-4),
}
ALGORITHMS = {"tree": moments.of_batch, "one_pass": moments.of_batch_in_one_pass}


def exact(row):
    values = [Fraction(float(each)) for each in row]
    mean = sum(values) / len(values)
    return mean, sum((each - mean) ** 2 for each in values) / len(values)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("mean", "deviation"), DATA.values(), ids=DATA.keys())
def test_computed_statistics_are_within_their_bounds(mean, deviation, algorithm, dtype):
    x = (np.random.default_rng(0).standard_normal((16, 5)) * deviation + mean).astype(dtype)
    _, means, rstds = batch_norm.forward(x, training=True, eps=1e-5, algorithm=algorithm)
    bounds = ALGORITHMS[algorithm](x.T.astype(np.float64), 1e-5, dtype)
    for c in range(5):
        center, var = exact(x[:, c])
        assert abs(Fraction(float(means[c])) - center) <= bounds.mean_error[c, 0]
        square = Fraction(float(rstds[c])) ** 2 * (var + Fraction(1e-5))  # 1 where it is exact
        assert abs(float(square - 1)) <= 2 * bounds.spread[c, 0] * (1 + bounds.spread[c, 0])


def test_the_corrected_mean_is_off_by_little_more_than_its_own_rounding():
    x = np.random.default_rng(0).standard_normal((1, 64)) + 1e3
    u = UNIT_ROUNDOFF["float32"]
    corrected = moments.of_batch(x, 1e-5, "float32").mean_error
    assert u * 1e3 <= corrected <= 1.1 * u * 1e3
    assert moments.of_batch_two_pass(x, 1e-5).mean_error > 50 * UNIT_ROUNDOFF["float64"] * 1e3


def test_a_first_value_far_out_costs_the_variance_its_digits_and_no_more():
    x = np.random.default_rng(0).standard_normal((1, 512))
    usual = moments.of_batch_in_one_pass(x, 1e-5, "float32").var_error
    x[0, 0] = 1e4
    far = moments.of_batch_in_one_pass(x, 1e-5, "float32")
    assert usual < 1e-3 and far.var_error > 1e2 * moments.of_batch(x, 1e-5, "float32").var_error
    _, means, rstds = batch_norm.forward(
        x.T.astype(np.float32), training=True, eps=1e-5, algorithm="one_pass"
    )
    assert abs(means[0] - x.mean()) <= far.mean_error
    assert abs(rstds[0] / far.rstd - 1) <= far.spread


def test_a_variance_of_0_has_a_bound_because_of_eps():
    bounds = moments.of_batch(np.full((1, 8), 1e3), 1e-5, "float32")
    assert np.isfinite(bounds.spread).all() and bounds.spread < 1
