import numpy as np
import pytest

from crosscheck.parity import bounds


def products(n, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((2, 40, n)).astype(dtype)


def sum_of_products(x, w, order):
    total = np.zeros(len(x), x.dtype)
    for i in order:
        total = total + x[:, i] * w[:, i]
    return total


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [1, 2, 100, 2000])
def test_every_order_of_summation_stays_within_the_bound(dtype, n):
    x, w = products(n, dtype)
    wide = np.longdouble
    exact = (x.astype(wide) * w.astype(wide)).sum(1).astype(np.float64)
    magnitude = np.abs(x.astype(wide) * w.astype(wide)).sum(1).astype(np.float64)
    limit = bounds.bound(np.full(len(x), float(n)), magnitude, dtype)
    largest_first = np.argsort(-np.abs(x[0] * w[0]))
    for order in (range(n), reversed(range(n)), largest_first, largest_first[::-1]):
        _, _, share, complaint = bounds.compare(sum_of_products(x, w, order), exact, limit)
        assert complaint == "" and share <= 1


def test_a_bad_order_uses_more_of_the_bound_than_a_good_one():
    x = np.full((1, 4096), 0.1, np.float32)
    exact = np.array([4096 * np.float64(np.float32(0.1))])
    limit = bounds.bound(np.array([4096.0]), exact, "float32")
    one_by_one = sum_of_products(x, np.ones_like(x), range(4096))
    in_pairs = x.sum(1)  # NumPy's pairwise sum
    shares = [bounds.compare(each, exact, limit)[2] for each in (in_pairs, one_by_one)]
    assert shares[0] < shares[1] <= 1


def test_one_lost_product_is_outside_the_bound():
    x, w = products(500, "float32")
    exact = (x.astype(float) * w).sum(1)
    limit = bounds.bound(np.full(len(x), 500.0), np.abs(x.astype(float) * w).sum(1), "float32")
    computed = sum_of_products(x, w, range(499))
    assert "outside the bound: " in bounds.compare(computed, exact, limit)[3]


def test_inputs_rounded_to_tf32_are_outside_the_bound():
    x, w = products(64, "float32")
    exact = (x.astype(float) * w).sum(1)
    limit = bounds.bound(np.full(len(x), 64.0), np.abs(x.astype(float) * w).sum(1), "float32")
    short = (x.view(np.uint32) & 0xFFFFE000).view(np.float32)
    assert bounds.compare(sum_of_products(short, w, range(64)), exact, limit)[2] > 1


def test_float32_arithmetic_is_outside_the_bound_of_float64():
    x, w = products(30, "float64")
    exact = (x * w).sum(1)
    limit = bounds.bound(np.full(len(x), 30.0), np.abs(x * w).sum(1), "float64")
    short = sum_of_products(x.astype(np.float32), w.astype(np.float32), range(30))
    assert bounds.compare(short, exact, limit)[2] > 1


def test_products_that_underflow_stay_within_the_bound():
    x = np.full((1, 50), 2.0**-75 * 1.3, np.float32)
    exact = (x.astype(float) * x).sum(1)
    limit = bounds.bound(np.array([50.0]), exact, "float32")
    assert bounds.compare(sum_of_products(x, x, range(50)), exact, limit)[2] <= 1
    assert bounds.gamma(50, "float32") * exact < limit  # thanks to the subnormal term


def test_nothing_to_round_leaves_no_room():
    limit = bounds.bound(np.zeros(2), np.zeros(2), "float32")
    exact = np.array([1.0, 2.0])
    assert bounds.compare(exact.astype(np.float32), exact, limit) == (0, 0, 0, "")
    off = np.nextafter(exact.astype(np.float32), np.float32(3))
    assert bounds.compare(off, exact, limit)[2] == np.inf


@pytest.mark.parametrize(
    "computed, exact",
    [
        (1.0, np.nan),
        (np.nan, 1.0),
        (np.inf, -np.inf),
        (np.inf, np.nan),
        (np.inf, 1.0),
        (1.0, np.inf),
    ],
)
def test_nan_and_infinity_must_stand_where_the_truth_has_them(computed, exact):
    values = np.array([0.5, computed]), np.array([0.5, exact])
    error, _, share, complaint = bounds.compare(*values, np.ones(2))
    assert error == share == np.inf
    assert "1 of 2 elements, first at (1,)" in complaint


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_in_the_right_places_are_no_error(special):
    values = np.array([special, 0.25])
    assert bounds.compare(values, values, np.array([np.nan, 1.0])) == (0, 0, 0, "")


def test_a_scalar_and_an_empty_array_compare():
    one = np.array(1.0)
    assert bounds.compare(one, one, one) == (0, 1, 0, "")
    none = np.zeros((0, 3))
    assert bounds.compare(none, none, none) == (0, 0, 0, "")


def test_a_bound_that_is_not_a_number_is_a_failure():
    error, _, share, complaint = bounds.compare(np.ones(2), np.ones(2), np.array([1.0, np.nan]))
    assert error == share == np.inf
    assert complaint.startswith("no bound: 1 of 2 elements")


def test_infinity_is_a_rounding_of_what_the_bound_takes_past_the_largest_number():
    largest = float(np.finfo(np.float32).max)
    exact, limit = np.array([largest, 0.99 * largest]), np.array([1e32, 1e32])
    assert bounds.compare(np.float32([np.inf, 0.99 * largest]), exact, limit)[3] == ""
    assert bounds.compare(np.float32([largest, np.inf]), exact, limit)[3] != ""
    assert bounds.compare(np.float32([np.inf, 0]), exact, np.zeros(2))[3] != ""  # a copy


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_copy_of_the_largest_number_is_not_infinity(dtype):
    largest = np.array([np.finfo(dtype).max])
    assert bounds.compare(largest, largest.astype(np.float64), np.zeros(1))[3] == ""
    off = np.array([np.inf], dtype)
    assert "NaN or infinity" in bounds.compare(off, largest.astype(np.float64), np.zeros(1))[3]


def test_an_exact_zero_has_a_sign_and_a_rounded_one_has_none():
    zeros, exact = np.float32([0.0, -0.0]), np.array([-0.0, -0.0])
    assert "sign of zero: 1 of 2" in bounds.compare(zeros, exact, np.zeros(2))[3]
    assert bounds.compare(zeros, exact, np.full(2, 1e-45)) == (0, 1e-45, 0, "")


def test_a_bound_without_limit_is_a_failure():
    assert bounds.compare(np.ones(1), np.zeros(1), np.array([np.inf]))[3].startswith("no bound")


@pytest.mark.parametrize("dtype", bounds.SHORT)
def test_storing_adds_one_rounding(dtype):
    rng = np.random.default_rng(0)
    sizes = 2.0 ** rng.integers(-30, 15, 5000)
    computed = (rng.standard_normal(5000) * sizes).astype(np.float32).astype(np.float64)
    limit = np.abs(computed) * 2.0**-20
    exact = computed + limit * rng.choice([-1.0, 1.0], 5000)
    found = bounds.stored(limit, exact, dtype)
    _, _, share, failure = bounds.compare(computed.astype(dtype), exact, found)
    assert failure == "" and 0.9 < share <= 1
    cut = np.nextafter(computed.astype(dtype), np.dtype(dtype).type(0))  # rounded to a neighbour
    assert "outside the bound" in bounds.compare(cut, exact, found)[3]


@pytest.mark.parametrize("dtype", bounds.SHORT)
def test_what_is_exact_is_stored_as_numpy_rounds_it(dtype):
    exact = np.array([1.0, 1 / 3, 1e-9, np.inf, np.nan, 1e39])
    found = bounds.stored(np.zeros(6), exact, dtype)
    nearest = exact.astype(dtype)
    assert bounds.compare(nearest, exact, found)[3] == ""
    wrong = nearest.copy()
    wrong[0] = np.nextafter(wrong[0], np.dtype(dtype).type(2))
    assert "1 of 6 elements, first at (0,)" in bounds.compare(wrong, exact, found)[3]


@pytest.mark.parametrize("dtype, least", [("float16", 65520.0), ("bfloat16", 2.0**128 - 2.0**119)])
def test_a_short_result_overflows_where_it_is_rounded_to_infinity(dtype, least):
    infinite, zero = np.array([np.inf]).astype(dtype), np.zeros(1)
    assert bounds.compare(infinite, np.array([least]), zero)[3] == ""
    assert bounds.compare(infinite, np.array([least * (1 - 2.0**-20)]), zero)[3] != ""
    assert np.isinf(np.array([least]).astype(dtype))[0]


def test_stored_leaves_other_dtypes_alone():
    limit = np.ones(3)
    assert bounds.stored(limit, limit, "float32") is limit
