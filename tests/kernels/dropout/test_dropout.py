"""Dropout: the mask is Philox's, independent of launch, strides and dtype; the scale is torch's."""

import math

import numpy as np
import pytest
import torch

from crosscheck.kernels import dropout
from crosscheck.kernels.dropout import direct
from crosscheck.kernels.launch import Kernel, sanitized, wide_index
from crosscheck.parity.operators.dropout.operator import words  # a second Philox, in NumPy

SEED = 20_240_229
NAN, INF = float("nan"), float("inf")


def kept(count, p=0.5, seed=SEED, offset=0):
    return dropout.forward(np.ones(count, np.float32), p, seed=seed, offset=offset) != 0


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("offset", [0, 1, 2**32 + 5, 2**64 - 1])
def test_an_element_is_kept_where_its_word_is_at_least_p(p, offset):
    expected = words(1003, SEED + 2**40, offset) >> np.uint64(1) >= round(p * 2**31)
    np.testing.assert_array_equal(kept(1003, p, SEED + 2**40, offset), expected)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.75])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scale_is_torchs(p, dtype):
    x = np.random.default_rng(0).standard_normal(500).astype(dtype)
    y = dropout.forward(x, p, seed=SEED)
    scaled = x / dtype(1 - p)
    assert np.all((y == 0) | (np.abs(y - scaled) <= 2 * np.finfo(dtype).eps * np.abs(scaled)))
    theirs = torch.nn.functional.dropout(torch.from_numpy(x), p).numpy()
    both = (y != 0) & (theirs != 0)
    assert both.any()
    np.testing.assert_allclose(y[both], theirs[both], rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.8])
def test_frequency_pairs_and_runs_are_those_of_independent_draws(p):
    count = 200_000
    mask = kept(count, p)
    q = 1 - p
    five_sigma = 5 * math.sqrt(count)

    def near(found, probability):
        spread = math.sqrt(probability * (1 - probability))
        assert abs(found.sum() - found.size * probability) < five_sigma * spread

    near(mask, q)
    for lag in (1, 2, 3, 4, 5, 32, 128, 1024):  # within a counter's words, and between counters
        near(mask[::lag], q)
        assert abs((mask[lag:] - q) @ (mask[:-lag] - q)) < five_sigma * p * q
    for word in range(4):
        near(mask[word::4], q)


def test_seeds_and_offsets_give_unrelated_masks():
    masks = [kept(100_000, seed=s, offset=o) for s in (0, 1, 2**32) for o in (0, 1, 2**32)]
    for i, a in enumerate(masks):
        for b in masks[:i]:
            assert abs((a == b).mean() - 0.5) < 5 * 0.5 / math.sqrt(a.size)


def test_same_seed_and_offset_give_the_same_bits():
    x = np.random.default_rng(0).standard_normal(1000)
    first, second = (dropout.forward(x, 0.3, seed=SEED, offset=3) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_the_launch_geometry_does_not_matter(monkeypatch):
    expected = kept(1001, 0.3)
    forall = Kernel.forall
    for block in (1, 32, 96, 1024):
        monkeypatch.setattr(Kernel, "forall", lambda self, n, b=block: forall(self, 3 * n, b))
        np.testing.assert_array_equal(kept(1001, 0.3), expected)


def test_a_longer_row_begins_with_the_same_mask():
    np.testing.assert_array_equal(kept(1001)[:77], kept(77))


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    for count in (0, 1, 3, 4, 5, 1023, 1024, 1025):
        expected = kept(count, 0.7)
        with mode():
            np.testing.assert_array_equal(kept(count, 0.7), expected)


def test_both_dtypes_have_one_mask():
    x = np.ones(999)
    single = dropout.forward(x.astype(np.float32), 0.6, seed=SEED)
    np.testing.assert_array_equal(single != 0, dropout.forward(x, 0.6, seed=SEED) != 0)


LAYOUTS = {
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_strides_do_not_change_the_mask(layout):
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 7)).astype(np.float32)
    expected = dropout.forward(x, 0.4, seed=SEED)
    given = layout(x.copy())
    result = dropout.forward(given, 0.4, seed=SEED)
    np.testing.assert_array_equal(result, expected, strict=True)
    out = layout(np.full_like(x, NAN))
    assert dropout.forward(given, 0.4, seed=SEED, out=out) is out
    np.testing.assert_array_equal(out, expected, strict=True)
    np.testing.assert_array_equal(given, x)


def test_gradient_is_dropped_where_the_input_was():
    x, dy = np.ones(1000), np.random.default_rng(1).standard_normal(1000)
    y = dropout.forward(x, 0.3, seed=SEED, offset=9)
    dx = dropout.input_gradient(dy, 0.3, seed=SEED, offset=9)
    np.testing.assert_array_equal(dx, dy * y)


def test_probability_0_keeps_everything_and_1_nothing():
    x = np.array([1.5, -2.5, INF, NAN])
    np.testing.assert_array_equal(dropout.forward(x, 0, seed=SEED), x)
    ours = dropout.forward(x, 1, seed=SEED)
    theirs = torch.nn.functional.dropout(torch.from_numpy(x), 1.0).numpy()
    np.testing.assert_array_equal(ours, theirs)
    assert np.signbit(ours[1]) and np.signbit(theirs[1])


def test_a_dropped_infinity_is_nan_as_in_torch():
    y = dropout.forward(np.full(1000, INF), 0.5, seed=SEED)
    np.testing.assert_array_equal(np.isnan(y), ~kept(1000))
    assert (y[kept(1000)] == INF).all()


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 1, 3, 2, 2)])
def test_any_rank(shape):
    assert dropout.forward(np.ones(shape), seed=SEED).shape == shape


X = np.zeros((2, 3))
BAD = [
    (dict(input=None), TypeError, "input is 'builtins.NoneType'; expected a NumPy or CuPy array"),
    (dict(input=X.astype(int)), TypeError, "input.dtype is 'int64'; expected float32, float64"),
    (dict(p=-0.1), ValueError, "p is -0.1; expected a number from 0 to 1"),
    (dict(p=1.1), ValueError, "p is 1.1; expected a number from 0 to 1"),
    (dict(p=NAN), ValueError, "p is nan; expected a number from 0 to 1"),
    (dict(p="0.5"), TypeError, "p is '0.5'; expected a number from 0 to 1"),
    (dict(p=None), TypeError, "p is None; expected a number from 0 to 1"),
    (dict(seed=-1), ValueError, "seed is -1; expected an integer of at least 0"),
    (dict(seed=2**64), ValueError, "seed is 18446744073709551616; expected an integer below 2^64"),
    (dict(seed=0.5), TypeError, "seed is 0.5; expected an integer"),
    (dict(offset=2**64), ValueError, "offset is 18446744073709551616; expected an integer below"),
    (dict(algorithm="fast"), ValueError, "algorithm is 'fast'; expected None or one of ['direct']"),
    (dict(out=X[0]), ValueError, "out.shape is (3,); expected (2, 3)"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_input_raises_before_any_launch(change, error, message, monkeypatch):
    monkeypatch.setattr(direct, "scale_kernel", None)
    with pytest.raises(error) as raised:
        dropout.forward(**dict(input=X, seed=SEED) | change)
    assert f"dropout: {message}" in str(raised.value)
