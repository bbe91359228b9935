"""exp and log are as accurate as exponentials.py assumes; its bounds hold and are not too wide."""

import math

import numpy as np
import pytest

from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.softmax import log_softmax, softmax
from crosscheck.parity.shared import exponentials

COUNT = 200_000


@kernel
def exp_kernel(x, y):
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        y[i] = math.exp(x[i])


@kernel
def log_kernel(x, y):
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        y[i] = math.log(x[i])


@pytest.mark.parametrize(
    ("own", "exact", "low", "high"),
    [
        (exp_kernel, np.exp, -100.0, 0.0),
        (exp_kernel, np.exp, -1.0, 0.0),
        (log_kernel, np.log, 1.0, 1.001),
        (log_kernel, np.log, 1.0, 1e5),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_exp_and_log_are_within_the_assumed_ulps(own, exact, low, high, dtype):
    x = np.random.default_rng(0).uniform(low, high, COUNT).astype(dtype)
    y = np.empty_like(x)
    own.forall(COUNT)(x, y)
    truth = exact(x.astype(np.longdouble))
    ulp = np.spacing(np.abs(truth).astype(dtype)).astype(np.longdouble)
    assert (np.abs(y - truth) / ulp).max() <= exponentials.ULPS


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_the_bounds_hold_and_are_of_the_size_of_the_errors(scale, n):
    x = (scale * np.random.default_rng(n).standard_normal((20, n))).astype(np.float32)
    wide = x.astype(np.float64)
    row = exponentials.rows(wide, 1, "float32")
    exact = softmax.forward(wide, 1), -log_softmax.forward(wide, 1)
    ours = softmax.forward(x, 1), -log_softmax.forward(x, 1)
    for limit, mine, truth in zip((row.p_bound, row.log_bound), ours, exact, strict=True):
        assert (np.abs(mine - truth) <= limit).all()
    roundings = 2.0**-24 * (n + 2 * np.ptp(x, axis=1, keepdims=True) + 20)
    assert (row.p_bound <= 2 * roundings * row.p + 2.0**-146).all()
    assert (row.log_bound <= 2 * roundings * (1 + row.log)).all()


def test_a_quotient_of_exact_numbers_is_rounded_once():
    assert exponentials.quotient(1.0, 0.0, 3.0, 0.0, 2.0**-24) == pytest.approx(2.0**-24 / 3)
    assert exponentials.quotient(1.0, 0.1, 2.0, 0.0, 0.0) == pytest.approx(0.05)
    assert exponentials.quotient(1.0, 0.0, 2.0, 1.0, 0.0) == pytest.approx(0.5)
