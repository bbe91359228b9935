"""nn.functional.dropout, dropout2d: torch's arguments and rules; which elements go is our own."""

from inspect import signature

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn

X = np.random.default_rng(0).standard_normal((20, 30))


def test_signature_is_torchs():
    ours, theirs = signature(F.dropout), signature(torch.nn.functional.dropout)
    defaults = [{n: p.default for n, p in each.parameters.items()} for each in (ours, theirs)]
    assert list(ours.parameters) == list(theirs.parameters) and defaults[0] == defaults[1]


def test_dropped_elements_are_0_and_have_gradient_0():
    x, dy = nn.tensor(X, requires_grad=True), X[::-1].copy()
    y = F.dropout(x, 0.25)
    y.backward(dy)
    kept = y.numpy() != 0
    assert 0.5 < kept.mean() < 0.9
    np.testing.assert_array_equal(y.numpy(), np.where(kept, X * (1 / 0.75), 0))
    np.testing.assert_array_equal(x.grad.numpy(), np.where(kept, dy * (1 / 0.75), 0))


@pytest.mark.parametrize("arguments", [dict(training=False), dict(p=0), dict(p=0.0)])
def test_where_nothing_is_dropped_the_input_itself_comes_back_as_in_torch(arguments):
    x, theirs = nn.tensor(X), torch.tensor(X)
    assert F.dropout(x, **arguments) is x
    assert torch.nn.functional.dropout(theirs, **arguments) is theirs


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_a_p_that_is_no_probability_is_refused_even_in_evaluation(p, training):
    with pytest.raises(ValueError, match="dropout: p is"):
        F.dropout(nn.tensor(X), p, training)
    with pytest.raises((ValueError, RuntimeError)):
        torch.nn.functional.dropout(torch.tensor(X), p, training)


def test_in_place_gives_the_same_bits_in_the_input_itself():
    results = []
    for inplace in (False, True):
        nn.manual_seed(5)
        leaf = nn.tensor(X, requires_grad=True)
        middle = leaf * 2
        y = F.dropout(middle, 0.25, inplace=inplace)
        assert (y is middle) == inplace
        y.backward(X[::-1].copy())
        results.append((y.numpy(), leaf.grad.numpy()))
    np.testing.assert_array_equal(results[0], results[1])


@pytest.mark.parametrize("arguments", [dict(training=False), dict(p=0)])
def test_in_place_a_leaf_is_refused_unless_nothing_is_dropped(arguments):
    ours, theirs = nn.tensor(X.copy(), requires_grad=True), torch.tensor(X, requires_grad=True)
    for dropout, leaf in ((F.dropout, ours), (torch.nn.functional.dropout, theirs)):
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            dropout(leaf, inplace=True)
        assert dropout(leaf, inplace=True, **arguments) is leaf
    np.testing.assert_array_equal(ours.numpy(), X)


@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 3), (40, 50, 2, 3)])
def test_dropout2d_drops_whole_channels(shape):
    nn.manual_seed(0)
    x = nn.tensor(np.random.default_rng(0).uniform(1, 2, shape), requires_grad=True)
    y = F.dropout2d(x, 0.25)
    factors = (y.numpy() / x.numpy()).reshape(2000, -1)
    kept = factors[:, 0] > 0
    np.testing.assert_allclose(factors[kept], 1 / 0.75, rtol=1e-15)
    assert (factors[~kept] == 0).all() and 0.2 < 1 - kept.mean() < 0.3
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy().reshape(2000, -1), factors, rtol=1e-15)


def test_dropout2d_without_anything_to_drop_and_in_place():
    x = nn.tensor(X.copy())
    assert F.dropout2d(x, 0.5, training=False) is x and F.dropout2d(x, 0.0) is x
    assert F.dropout2d(x, 1.0, inplace=True) is x and not x.numpy().any()
    layer = nn.Dropout2d(0.5)
    assert repr(layer) == repr(torch.nn.Dropout2d(0.5)) and layer.eval()(x) is x


def test_dropout2d_refuses_what_is_no_probability_and_has_no_channels():
    with pytest.raises(ValueError, match="p is 2.0; expected"):
        F.dropout2d(nn.tensor(X), 2.0)
    with pytest.raises(RuntimeError, match="at least 2 dimensions"):
        F.dropout2d(nn.tensor(X[0]), 0.5)
