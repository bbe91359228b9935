"""The modules of losses have torch's signatures, results and gradients."""

import inspect

import numpy as np
import pytest
import torch

from crosscheck import nn

X = np.random.default_rng(0).uniform(0.1, 0.9, (4, 3))
T = np.random.default_rng(1).uniform(0.1, 0.9, (4, 3))
W = np.array([0.5, 1.5, 2.0])
LABELS = np.array([0, 2, 1, 2])
CASES = [
    ("NLLLoss", dict(weight=W, ignore_index=2), LABELS),
    ("NLLLoss", dict(reduction="sum"), LABELS),
    ("L1Loss", {}, T),
    ("MSELoss", dict(reduction="sum"), T),
    ("SmoothL1Loss", dict(beta=0.1), T),
    ("HuberLoss", dict(delta=0.1), T),
    ("BCELoss", dict(weight=W), T),
    ("BCEWithLogitsLoss", dict(weight=W, pos_weight=2 * W), T),
]


@pytest.mark.parametrize("name", sorted({name for name, _, _ in CASES}))
def test_signature_is_torchs(name):
    ours = inspect.signature(getattr(nn, name)).parameters
    theirs = inspect.signature(getattr(torch.nn, name)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize(("name", "options", "target"), CASES)
def test_loss_and_gradient_are_torchs(name, options, target):
    results = []
    for module, tensor in ((nn, nn.tensor), (torch.nn, torch.tensor)):
        given = {k: tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        x = tensor(X, requires_grad=True)
        loss = getattr(module, name)(**given)(x, tensor(target))
        loss.backward()
        results.append((loss.detach().numpy(), x.grad.numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
