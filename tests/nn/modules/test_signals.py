"""Layers of signals beside PyTorch's, with its weights."""

import numpy as np
import pytest
import torch

from crosscheck import nn

X = np.random.default_rng(0).standard_normal((2, 4, 11))
LAYERS = [
    ("Conv1d", (4, 6, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
    ("Conv1d", (4, 6, 4), {"padding": "same", "padding_mode": "reflect", "bias": False}),
    ("Conv1d", (4, 6, 3), {"padding": 2, "padding_mode": "circular"}),
    ("MaxPool1d", (3,), {"stride": 2, "padding": 1, "dilation": 2}),
    ("AvgPool1d", (3,), {"padding": 1, "ceil_mode": True, "count_include_pad": False}),
    ("AdaptiveAvgPool1d", (4,), {}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), LAYERS)
@pytest.mark.parametrize("batched", [True, False])
def test_is_torchs(name, arguments, options, batched):
    theirs = getattr(torch.nn, name)(*arguments, **options).double()
    ours = getattr(nn, name)(*arguments, **options)
    for parameter, value in zip(ours.parameters(), theirs.parameters(), strict=True):
        parameter.array = value.detach().numpy()
    x = X if batched else X[0]
    ours_x, theirs_x = nn.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(ours_x), theirs(theirs_x)
    y.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ours_x.grad.numpy(), theirs_x.grad, rtol=1e-12, atol=1e-12)
    for parameter, value in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), value.grad, rtol=1e-12, atol=1e-12)


def test_conv1d_prints_as_torchs_and_refuses_two_numbers():
    made = nn.Conv1d(4, 6, 3, padding=1, groups=2)
    assert repr(made) == repr(torch.nn.Conv1d(4, 6, 3, padding=1, groups=2))
    with pytest.raises(ValueError, match=r"Conv1d: stride is \(1, 2\); expected one integer"):
        nn.Conv1d(4, 6, 3, stride=(1, 2))
