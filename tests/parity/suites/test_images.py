"""The image suite: real pictures, every case in order, and PyTorch takes them all."""

import numpy as np
import pytest

from crosscheck.parity import filters, photographs, reference
from crosscheck.parity.suites import images

CASES = images.cases()


def test_names_are_unique_for_each_operator_and_every_operator_has_cases():
    assert len({(case.op, case.name) for case in CASES}) == len(CASES)
    assert {case.op for case in CASES} == {"conv2d", "max_pool2d", "avg_pool2d", "relu"}
    assert all(case.suite == "images" and case.reason for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op} {case.name}")
def test_inputs_are_finite_pictures_that_pytorch_takes(case):
    assert all(np.isfinite(array).all() for array in case.inputs.values())
    assert np.ptp(case.inputs["input"]) > 0.1  # something can be seen
    output = reference.run(case.op, case.inputs, None, case.options, "float64")["forward"]
    assert output.size and np.ptp(output) > 0


def test_photographs_are_the_real_ones_whatever_their_size():
    full = photographs.photograph("china")
    assert full.shape == (1, 3, 427, 640) and 0 <= full.min() < full.max() <= 1
    small = photographs.photograph("china", 6)
    assert small.shape == (1, 3, 71, 106)
    np.testing.assert_allclose(small[0, 1, 2, 3], full[0, 1, 12:18, 18:24].mean())
    with pytest.raises(ValueError, match="read-only"):
        full[0, 0, 0, 0] = 0


def test_a_photograph_in_full_size_has_ties():
    cases = [case for case in CASES if case.name == "flower max 2x2"]
    full = cases[0].inputs["input"]
    assert (full[..., 1:] == full[..., :-1]).mean() > 0.05


def test_filters_sum_to_what_their_names_promise():
    assert filters.gaussian(5, 1.0).sum() == pytest.approx(1)
    assert filters.gaussian(4, 1.0).shape == (4, 4)
    for taps in (filters.SOBEL_X, filters.SOBEL_Y, filters.LAPLACIAN, *filters.oriented(8)):
        assert taps.sum() == pytest.approx(0)


def test_a_bank_gives_every_channel_all_filters_in_turn():
    weight = filters.bank(filters.SOBEL_X, filters.SOBEL_Y, channels=3)
    assert weight.shape == (6, 1, 3, 3)
    np.testing.assert_array_equal(weight[4, 0], filters.SOBEL_X)
    np.testing.assert_array_equal(weight[5, 0], filters.SOBEL_Y)


def test_correlate_agrees_with_pytorch():
    weight = filters.bank(filters.SOBEL_X, filters.SOBEL_Y)
    gray = images.luminance(photographs.photograph("flower", 16))
    expected = reference.run("conv2d", {"input": gray, "weight": weight}, None, {}, "float64")
    np.testing.assert_allclose(images._correlate(gray, weight), expected["forward"], atol=1e-12)
