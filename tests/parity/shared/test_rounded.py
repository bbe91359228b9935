"""Running error analysis: its assumptions hold here, and its bounds hold and are not too wide."""

import math

import numpy as np
import pytest

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function
from crosscheck.parity import bounds
from crosscheck.parity.shared import rounded
from crosscheck.parity.shared.rounded import given, number, select

COUNT = 20_000


def own(name):
    """Return the function `math.name` as our kernels compute it."""
    compute = getattr(math, name)

    @device_function
    def formula(x):
        return compute(x)

    @device_function
    def gradient(dy, x):
        return dy

    return Unary(name, formula, gradient).forward


@pytest.mark.parametrize(
    ("name", "exact", "low", "high"),
    [
        ("exp", np.exp, -80, 80),
        ("expm1", np.expm1, -20, 1),
        ("log", np.log, 1e-3, 1e3),
        ("log1p", np.log1p, 0, 1),
        ("tanh", np.tanh, -10, 10),
        ("erf", np.vectorize(math.erf), -4, 4),
        ("erfc", np.vectorize(math.erfc), -4, 9),
    ],
)
def test_functions_are_within_the_assumed_ulps(name, exact, low, high):
    x = np.random.default_rng(0).uniform(low, high, COUNT).astype(np.float32)
    truth = exact(x.astype(np.float64))
    ulp = np.spacing(np.abs(truth).astype(np.float32))
    ulps = np.abs(own(name)(x, algorithm="direct") - truth) / ulp
    assert ulps.max() <= rounded.ULPS.get(name, rounded.OTHERS)


FORMULAS = {
    "sigmoid": lambda x, f: 1 / (1 + f.exp(-x)),
    "cancels": lambda x, f: f.exp(x) - 1 - x,
    "log1p of expm1": lambda x, f: f.log1p(f.expm1(x) * 0.1 + 0.7),
    "normal": lambda x, f: 0.3 * f.exp(x * x * -0.5) / (2.2 + f.sqrt(x * x + 0.1)),
    "steps": lambda x, f: f.tanh(x * 3) * f.exp(-x * x) - f.tanh(x / 7),
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 20.0])
def test_the_error_of_numpys_float32_is_within_the_bound_and_not_far_below(name, scale):
    x = (scale * np.random.default_rng(1).standard_normal(COUNT)).astype(np.float32)
    found = FORMULAS[name](given(x, "float32"), rounded)
    with np.errstate(over="ignore"):
        computed = FORMULAS[name](x, np)
    exact = FORMULAS[name](x.astype(np.float64), np)
    finite = np.isfinite(computed) & (found.reach < 1e38)
    share = (np.abs(computed - exact) / found.error)[finite]
    np.testing.assert_allclose(found.value, exact, rtol=1e-9, atol=1e-12)
    assert 0.02 < share.max() <= 1


def test_a_zero_times_what_may_be_of_either_sign_is_either_zero():
    x = given(np.array([0.5, 0.25]), "float32")
    near = rounded.log1p(-x) - rounded.log(x)  # at 1/2 the difference of two roundings
    for product in (number(-0.0, "float32") * near, near * number(0.0, "float32")):
        assert (product.error > 0).tolist() == [True, False]
    assert not (number(0.0, "float32") * (x - x)).error.any()  # an exact 0 has its sign


def test_a_power_that_vanishes_has_a_bound_whatever_its_exponent_is_off_by():
    x, e = (given(np.array([each]), "float32") for each in (0.5, 3e38))
    found = rounded.power(x, e - 1)
    assert found.value == 0 and 0 < found.error < 1e-43


def test_what_is_exact_has_no_error():
    x = given(np.array([0.5, -2.0, 3.0]), "float32")
    assert not (-abs(x)).error.any() and number(3, "float32").error == 0
    assert number(0.1, "float32").error == pytest.approx(abs(float(np.float32(0.1)) - 0.1))
    assert not select(x.value > 0, x, number(0, "float32")).error.any()


def test_a_comparison_that_may_go_either_way_covers_both():
    x, zero = given(np.array([2.0, 3.0]), "float32"), number(0, "float32")
    found = select(x.value > 2, x, zero, unsure=np.array([True, False]))
    assert found.value.tolist() == [0, 3] and found.error.tolist() == [2, 0]


def test_the_largest_result_on_the_way_is_known_but_for_what_is_given():
    x = given(np.array([2.0**100, 2.0]), "float32")
    found = x * x / x
    assert found.before.tolist() == [2.0**200, 4] and not np.any(x.reach)
    assert (x * 2).before == 0 and (x * 2).reach.tolist() == [2.0**101, 4]


def test_infinity_is_exact_and_a_divisor_that_may_be_zero_is_not_bounded():
    x = given(np.array([np.inf, 0.0]), "float64")
    with np.errstate(all="ignore"):
        inverse = 1 / rounded.exp(x)
        assert inverse.value.tolist() == [0, 1] and inverse.error[0] < 1e-320
        cancelled = 1 / (number(0.1, "float32") - number(0.1, "float32"))
        assert not np.isfinite(cancelled.error) or cancelled.error <= 0


def test_a_product_with_an_exact_zero_is_no_underflow():
    x = given(np.array([0.0, -0.0, 1e-30]), "float32")
    assert (x * number(0.1, "float32")).error[:2].tolist() == [0, 0]
    assert (x / number(0.1, "float32")).error[:2].tolist() == [0, 0]
    assert ((x * x).error[:2] == 0).all() and (x * x).error[2] > 0


def test_the_root_of_what_may_be_zero():
    """By the error of a sum that cancels: 0.1 rounds up in float32, so the exact root is of 0."""
    cancelled = number(0.1, "float32") - number(0.1, "float32")
    below = cancelled - 1e-9
    with np.errstate(divide="ignore"):
        root, of_below = rounded.sqrt(cancelled), rounded.sqrt(below)
    assert root.value == 0 and root.error == pytest.approx(math.sqrt(cancelled.error))
    assert of_below.value == 0 and of_below.error == pytest.approx(math.sqrt(below.error))
    with np.errstate(invalid="ignore"):
        assert np.isnan(rounded.sqrt(cancelled - 1).value)


@pytest.mark.parametrize("exponent", [-1.5, 0.3, 0.75, 2.5])
def test_the_power_of_a_number_that_is_off_covers_both_sides(exponent):
    value = np.array([0.5, 3.0, 1e-4])
    off = rounded.Rounded(value, value * 0.1, "float64")
    found = rounded.power(off, number(exponent, "float64"))
    sides = np.array([(value * by) ** exponent for by in (0.9, 1.1)])
    share = abs(sides - found.value).max(0) / found.error
    assert (share <= 1).all() and (share > 0.85).all()


def test_a_power_of_what_may_be_zero_is_bounded_unless_it_is_infinite_there():
    off = rounded.Rounded(np.array([0.0, 1e-3, 0.0]), np.array([1e-2, 1e-2, 0.0]), "float64")
    with np.errstate(all="ignore"):
        root = rounded.power(off, number(0.3, "float64"))
        inverse = rounded.power(off, number(-0.3, "float64"))
        of_root = rounded.sqrt(off).error
    np.testing.assert_allclose(root.error[:2], [1e-2**0.3, 1.1e-2**0.3], rtol=1e-12)
    assert root.error[2] < 1e-320 and np.isinf(inverse.error[1])
    assert of_root.tolist() == pytest.approx([0.1, 0.1, 0.0])


def test_the_power_of_an_exact_zero_is_one_whatever_the_base():
    off = rounded.Rounded(np.array([0.0, 1e-3, 2.0]), np.array([1e-2, 1e-2, 5.0]), "float64")
    with np.errstate(all="ignore"):
        found = rounded.power(off, rounded.given(np.zeros(3), "float64"))
    assert found.value.tolist() == [1, 1, 1] and found.error.max() < 1e-14


def test_a_power_of_infinity_is_exact():
    infinite = rounded.given(np.array([-np.inf, np.inf]), "float32")
    for exponent, expected in ((-2.5, 0.0), (2.5, np.inf)):
        found = rounded.power(infinite, rounded.number(exponent, "float32"))
        assert found.value.tolist() == [expected] * 2 and found.error.tolist() == [0, 0]


def test_the_error_of_a_sum_is_that_of_its_terms_and_of_adding_them():
    def pairs(a):
        return np.stack([a[:-1], a[1:]])

    terms = rounded.Rounded(np.array([1.0, -3.0, 2.0]), np.array([0.0, 0.5, 0.25]), "float32")
    found = rounded.added(terms, pairs)
    np.testing.assert_array_equal(found.value, [-2, -1])
    np.testing.assert_allclose(found.error, [0.5 + 4.5 * 2.0**-24, 0.75 + 5.75 * 2.0**-24])
    np.testing.assert_array_equal(found.reach, [4, 5])
    alone = rounded.added(terms, lambda a: a[None])
    assert alone.error.tolist() == terms.error.tolist()


def test_from_what_overflows_anything_may_follow():
    x = rounded.anything(given(np.array([1.0, 2.0]), "float32"), np.array([True, False]))
    assert (1 / x).before.tolist() == [np.inf, 0]


@pytest.mark.parametrize("dtype", bounds.SHORT)
def test_what_was_stored_in_16_bits_is_read_with_its_rounding(dtype):
    x = np.random.default_rng(0).standard_normal(COUNT).astype(dtype).astype(np.float32)
    result = rounded.exp(given(x, dtype))
    read = rounded.read_back(result)
    error = np.abs(np.exp(x).astype(dtype).astype(np.float64) - read.value)
    assert (error <= read.error).all() and error.max() > result.error.max()
    beyond = rounded.read_back(given(np.array([3e38, 1.0]), "float16"))
    assert np.isinf(beyond.reach[0]) and beyond.reach[1] == 0
    assert rounded.read_back(given(x, "float32")).error.max() == 0
