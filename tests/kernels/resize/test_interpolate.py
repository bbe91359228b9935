"""Interpolation's refusals, its memory format, and the arguments from which its sizes follow."""

import numpy as np
import pytest

from crosscheck.kernels.memory_format import in_nhwc, is_channels_last
from crosscheck.kernels.resize import interpolate
from crosscheck.kernels.resize.arguments import resolve

X = np.arange(40, dtype=np.float32).reshape(1, 2, 4, 5)


def test_a_factor_gives_the_size_and_stays_unless_it_is_recomputed():
    assert resolve(X.shape, scale_factor=2.3)[:2] == ((9, 11), (2.3, 2.3))
    assert resolve(X.shape, scale_factor=(2.3, 1), recompute_scale_factor=True)[:2] == ((9, 5), ())
    assert resolve(X.shape, scale_factor=2, mode="area")[:2] == ((8, 10), ())
    assert resolve(X.shape, size=3)[:2] == ((3, 3), ())


def test_the_output_keeps_the_memory_format():
    y = interpolate.forward(in_nhwc(X), (7, 3), (), "nearest", False)
    assert is_channels_last(y.shape, y.strides)
    np.testing.assert_array_equal(y, interpolate.forward(X, (7, 3), (), "nearest", False))


def test_two_runs_give_the_same_bits():
    dy = np.random.default_rng(0).standard_normal((1, 2, 11, 13)).astype(np.float32)
    one, two = (interpolate.input_gradient(dy, X.shape, (), "bicubic", False) for _ in range(2))
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(size=3, antialias=True), "interpolate: antialias is True; expected False: there are"),
        (dict(size=3, scale_factor=2), "size is 3; expected one of size and scale_factor"),
        (dict(), "size is None; expected one of size and scale_factor; scale_factor is None"),
        (dict(size=(1, 2, 3)), r"size is \(1, 2, 3\); expected one number or 2, one for each axis"),
        (dict(size=2.5), "size is 2.5; expected an integer"),
        (dict(scale_factor="2"), "scale_factor is '2'; expected a number"),
        (dict(size=3, recompute_scale_factor=True), "recompute_scale_factor is True; expected no"),
        (dict(size=3, align_corners=True), "align_corners is True; expected None with mode='near"),
    ],
)
def test_arguments_that_do_not_fit_are_named(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        resolve(X.shape, **options)


@pytest.mark.parametrize(
    ("size", "factors", "mode", "message"),
    [
        ((0, 3), (), "nearest", r"size is \(0, 3\); expected at least 1 row and column"),
        ((3,), (), "nearest", r"size is \(3,\); expected 2 integers"),
        ((3, 3), (2.0,), "nearest", r"factors is \(2.0,\); expected none or 2 numbers"),
        ((3, 3), (), "sinc", "mode is 'sinc'; expected one of"),
        ((3, 3), (), "linear", r"input.shape is \(1, 2, 4, 5\); expected 3 dimensions"),
    ],
)
def test_refusals_name_the_argument(size, factors, mode, message):
    with pytest.raises(ValueError, match=message):
        interpolate.forward(X, size, factors, mode, False)
