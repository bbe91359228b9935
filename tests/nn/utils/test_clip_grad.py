"""clip_grad_norm_ against torch's: the norm, the gradients, what is not finite."""

import math

import numpy as np
import pytest
import torch

from crosscheck import nn

GRADIENTS = [np.random.default_rng(seed).standard_normal((3, 4)) for seed in range(3)]


def parameters(module, gradients):
    ours = module is nn
    made = []
    for each in gradients:
        tensor = nn.tensor if ours else torch.tensor
        parameter = tensor(np.zeros_like(each), requires_grad=True)
        parameter.grad = tensor(each)
        made.append(parameter)
    return [*made, (nn.tensor if ours else torch.tensor)(np.ones(2), requires_grad=True)]


@pytest.mark.parametrize("norm_type", [1.0, 2.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_norm_and_gradients_are_torchs(max_norm, norm_type):
    mine, theirs = parameters(nn, GRADIENTS), parameters(torch, GRADIENTS)
    norms = [
        module.nn.utils.clip_grad_norm_(each, max_norm, norm_type)
        for module, each in ((nn, mine), (torch, theirs))
    ]
    np.testing.assert_allclose(norms[0].item(), norms[1].item(), rtol=1e-14)
    for ours, expected in zip(mine[:3], theirs[:3], strict=True):
        np.testing.assert_allclose(ours.grad.numpy(), expected.grad.numpy(), rtol=1e-14)
    assert mine[3].grad is None


def test_one_parameter_and_none():
    (one, *_) = parameters(nn, [np.full(4, 3.0)])
    assert nn.utils.clip_grad_norm_(one, 1.0).item() == 6
    np.testing.assert_allclose(one.grad.numpy(), np.full(4, 0.5), rtol=1e-6)
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0


def test_a_norm_that_is_not_finite_changes_nothing():
    made = parameters(nn, [np.array([1.0, np.inf])])
    with pytest.raises(RuntimeError, match="clip_grad_norm_: the norm of all gradients is inf"):
        nn.utils.clip_grad_norm_(made, 1.0, error_if_nonfinite=True)
    assert made[0].grad.numpy()[0] == 1
