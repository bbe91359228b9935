"""crosscheck.nn.functional.batch_norm against torch's: values, gradients, running statistics."""

from inspect import signature

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn

RNG = np.random.default_rng(0)
X, DY = RNG.standard_normal((2, 4, 3, 5, 2))
W, B, MEAN = RNG.standard_normal((3, 3))
VAR = RNG.uniform(0.5, 2, 3)


def test_signature_is_torchs():
    ours, theirs = signature(F.batch_norm), signature(torch.nn.functional.batch_norm)
    defaults = [{n: p.default for n, p in each.parameters.items()} for each in (ours, theirs)]
    assert list(ours.parameters) == list(theirs.parameters) and defaults[0] == defaults[1]


@pytest.mark.parametrize("training", [True, False])
def test_values_gradients_and_running_statistics_are_torchs(training):
    mean, var = MEAN.copy(), VAR.copy()
    ours = [nn.tensor(each, requires_grad=True) for each in (X, W, B)]
    y = F.batch_norm(ours[0], nn.tensor(mean), nn.tensor(var), *ours[1:], training, 0.3)
    y.backward(DY)
    theirs = [torch.tensor(each, requires_grad=True) for each in (X, W, B)]
    statistics = torch.tensor(MEAN), torch.tensor(VAR)
    expected = torch.nn.functional.batch_norm(theirs[0], *statistics, *theirs[1:], training, 0.3)
    expected.backward(torch.tensor(DY))
    results = [y.numpy(), *(each.grad.numpy() for each in ours), mean, var]
    wanted = [expected.detach(), *(each.grad for each in theirs), *statistics]
    for actual, each in zip(results, wanted, strict=True):
        np.testing.assert_allclose(actual, each.numpy(), 1e-12, 1e-12)


def test_gradients_are_of_the_statistics_that_were_used():
    x, mean, var = nn.tensor(X, requires_grad=True), nn.tensor(MEAN.copy()), nn.tensor(VAR.copy())
    y = F.batch_norm(x, mean, var)
    F.batch_norm(nn.tensor(DY), mean, var, training=True)  # changes the running statistics
    y.backward(DY)
    np.testing.assert_allclose(x.grad.numpy(), DY / np.sqrt(VAR + 1e-5)[:, None, None])


def test_a_statistic_that_wants_a_gradient_is_refused_as_by_torch():
    with pytest.raises(RuntimeError, match="running_mean.requires_grad is True; expected False"):
        F.batch_norm(nn.tensor(X), nn.tensor(MEAN, requires_grad=True), nn.tensor(VAR))


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="batch_norm: weight is 'ndarray'; expected an nn.Tensor"):
        F.batch_norm(nn.tensor(X), nn.tensor(MEAN), nn.tensor(VAR), W)
