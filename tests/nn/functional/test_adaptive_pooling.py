"""crosscheck.nn.functional.adaptive_avg_pool2d against torch's."""

from inspect import signature

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn

X = np.random.default_rng(0).standard_normal((2, 3, 7, 5))


def test_signature_is_torchs():
    theirs = signature(torch.nn.functional.adaptive_avg_pool2d)
    assert list(signature(F.adaptive_avg_pool2d).parameters) == list(theirs.parameters)


@pytest.mark.parametrize("size", [1, (2, 3), (None, 8), [3, None]])
def test_value_and_gradient_are_torchs(size):
    ours, theirs = nn.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    y = F.adaptive_avg_pool2d(ours, size)
    expected = torch.nn.functional.adaptive_avg_pool2d(theirs, size)
    dy = np.random.default_rng(1).standard_normal(y.shape)
    y.backward(dy)
    expected.backward(torch.tensor(dy))
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), 1e-12)
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), 1e-12)
