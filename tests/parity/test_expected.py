import ml_dtypes
import numpy as np
import pytest

from crosscheck.parity import bounds, data, expected
from crosscheck.parity.case import Case
from crosscheck.parity.data import VALUES
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.reference_call import reference_call

CONV = {"input": (2, 4, 6, 5), "weight": (6, 2, 3, 2), "bias": (6,)}


def case(op="conv2d", inputs=None, name="a", values="normal", **options):
    return Case(op, "s", name, "r", inputs or {"input": (2, 3, 6, 6)}, options, values=values)


def conv(**options):
    return case(inputs=CONV, groups=2, **options)


def call(op, shapes, **options):
    problem = case(op, shapes, **options)
    inputs = data.real(problem, OPERATORS[op], "float64")
    return reference_call(problem, inputs, options, expected.in_float64)


def test_the_same_case_draws_the_same_numbers_and_another_name_others():
    first, second = expected.of(conv(), "float64"), expected.of(conv(), "float64")
    other = expected.of(conv(name="b"), "float64")
    for name, values in first.real.tensors.items():
        assert np.array_equal(values, second.real.tensors[name])
        assert not np.array_equal(values, other.real.tensors[name])


def test_the_draws_are_the_same_on_every_machine():
    drawn = expected.of(case("relu", {"input": (2,)}), "float64").real.tensors["input"]
    assert drawn.tolist() == pytest.approx([1.1423163697931573, -0.1933777635983067])


def test_float64_data_does_not_fit_into_float32():
    tensors = expected.of(conv(), "float64").real.tensors
    assert all((each != each.astype(np.float32)).any() for each in tensors.values())


def test_output_gradients_are_random_not_ones():
    assert len(set(expected.of(conv(), "float32").real.tensors["grad_output"].ravel())) > 100


def test_terms_are_the_products_of_each_sum():
    terms = call("conv2d", CONV, groups=2, padding=1).terms()
    assert terms["forward"].max() == 2 * 3 * 2 + 1  # with the bias
    assert terms["forward"].min() == 2 * 2 * 1 + 1  # in a corner
    assert terms["bias_gradient"].tolist() == [2 * 6 * 6] * 6


def test_average_terms_count_pixels_not_padding_nor_the_divisor():
    image = {"input": (1, 1, 4, 4)}
    average = call("avg_pool2d", image, kernel_size=2, padding=1, divisor_override=7)
    terms = average.terms(divisor_override=1)
    assert terms["forward"].tolist() == [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_torch_itself_is_within_the_bound(dtype):
    for each in (conv(), case("avg_pool2d", kernel_size=3), case("max_pool2d", kernel_size=3)):
        found = expected.of(each, dtype)
        for name, error in found.torch_errors.items():
            assert error <= found.bounds[name].max()


def test_integer_sums_stay_below_two_to_the_24_in_every_direction():
    inputs = {"input": (3, 64, 30, 30), "weight": (64, 64, 3, 3), "bias": (64,)}
    integer = expected.of(case(inputs=inputs, padding=1), "float32").integer
    largest = max(np.abs(integer.exact[name]).max() for name in integer.exact)
    assert 0 < largest < 2**24
    for tensor in integer.tensors.values():
        assert np.array_equal(tensor, np.rint(tensor)) and tensor.min() < 0 < tensor.max()


def test_average_gradients_are_exact_quotients():
    options = dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)
    integer = expected.of(case("avg_pool2d", **options), "float32").integer
    gradient = integer.exact["input_gradient"]
    assert np.array_equal(gradient, np.rint(gradient)) and gradient.any()


def test_a_case_without_exact_integers_says_why():
    found = expected.of(case("avg_pool2d", kernel_size=2, divisor_override=2**24), "float32")
    assert found.integer is None and "no integers" in found.why_no_integers


def test_a_case_that_torch_refuses_is_named():
    with pytest.raises(ValueError, match="PyTorch refuses.*--case a"):
        expected.of(case("max_pool2d", kernel_size=9), "float32")


@pytest.mark.parametrize("values", VALUES)
def test_special_values_are_put_in(values):
    found = expected.of(case("relu", {"input": (5, 6)}, values=values), "float32")
    drawn = found.real.tensors["input"]
    holds = {
        "normal": np.isfinite(drawn).all() and len(np.unique(drawn)) == 30,
        "ties": set(drawn.ravel()) == {-1, 0, 1},
        "constant": (drawn == 1).all(),
        "negative": (drawn < 0).all(),
        "nan": np.isnan(drawn).sum() == 1,
        "two_nans": np.isnan(drawn).sum() == 2,
        "minus_inf": (drawn == -np.inf).all(),
        "infinities": (drawn == np.inf).any() and (drawn == -np.inf).any(),
        "signed_zeros": len({*np.signbit(drawn[drawn == 0])}) == 2,
        "tiny": 0 < np.abs(drawn).max() < 2.0**-60,
    }
    assert holds[values]


def test_data_is_not_shared_by_cases_that_differ_in_anything():
    inputs = {"input": np.arange(16.0).reshape(1, 1, 4, 4)}
    twin = {"input": np.arange(16.0).reshape(1, 1, 4, 4) + 1}
    first = expected.of(case("avg_pool2d", inputs, kernel_size=2), "float32")
    assert expected.of(case("avg_pool2d", inputs, kernel_size=2), "float32") is first
    assert expected.of(case("avg_pool2d", twin, kernel_size=2), "float32") is not first
    assert expected.of(case("avg_pool2d", inputs, kernel_size=3), "float32") is not first


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_short_data_is_what_the_dtype_holds(dtype):
    found = expected.of(conv(), dtype)
    for name in (*CONV, "grad_output"):
        values = found.real.tensors[name]
        assert values.dtype == np.float32
        assert np.array_equal(values, values.astype(dtype).astype(np.float32))
        assert len(np.unique(values)) > 1
    wide = {"input": np.array([1e30, -1e30, np.inf, 1.0])}
    largest = float(ml_dtypes.finfo(dtype).max)
    drawn = data.real(case("relu", wide), OPERATORS["relu"], dtype)["input"]
    most = min(largest, float(np.float32(np.array(1e30).astype("bfloat16"))))
    assert drawn.tolist() == [most, -most, np.inf, 1.0]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_torch_in_16_bits_is_about_as_far_off_as_its_unit(dtype):
    found = expected.of(conv(), dtype)
    unit = bounds.SHORT[dtype].unit_roundoff
    largest = np.abs(found.real.exact["forward"]).max()
    assert unit / 8 * largest < found.torch_errors["forward"] < 8 * unit * largest
    assert (found.bounds["forward"] > unit * np.abs(found.real.exact["forward"])).all()


def test_integers_that_16_bits_do_not_hold_are_left_out():
    pool = case("avg_pool2d", {"input": (1, 1, 21, 21)}, kernel_size=(7, 9))  # sums of 63
    assert expected.of(pool, "float32").integer is not None
    assert expected.of(pool, "float16").integer is not None
    short = expected.of(pool, "bfloat16")
    assert short.integer is None
    assert short.why_no_integers == "bfloat16 does not hold the integers of grad_output"


def test_a_gradient_may_read_an_output_that_16_bits_store_as_infinity():
    grows = case("exp", {"input": np.array([1.0, 10.0, 12.0])})  # exp(12) is over 65504
    reach = expected.of(grows, "float16").limits("direct").intermediates["input_gradient"]
    assert np.isinf(reach).tolist() == [False, False, True]
    assert not expected.of(grows, "float32").limits("direct").intermediates
    assert np.isfinite(
        expected.of(grows, "bfloat16").limits("direct").intermediates["forward"]
    ).all()
