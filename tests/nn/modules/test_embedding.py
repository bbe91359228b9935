"""Embedding: rows and gradients are torch's."""

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.nn import functional as F

TABLE = np.random.default_rng(0).standard_normal((6, 3))
NUMBERS = np.array([[0, 2, 5], [2, 2, 0]])


@pytest.mark.parametrize("padding", [None, 2, -4])
def test_rows_and_gradients_are_torchs(padding):
    dy = np.random.default_rng(1).standard_normal((2, 3, 3))
    results = []
    for function, tensor in (
        (F.embedding, nn.tensor),
        (torch.nn.functional.embedding, torch.tensor),
    ):
        weight = tensor(TABLE, requires_grad=True)
        y = function(tensor(NUMBERS), weight, padding_idx=padding)
        y.backward(tensor(dy))
        results.append((y.detach().numpy(), weight.grad.numpy()))
    for mine, expected in zip(*results, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-14)


def test_module_starts_with_a_row_of_zeros_and_has_torchs_state():
    layer = nn.Embedding(6, 3, padding_idx=-1)
    assert layer.padding_idx == 5 and not layer.weight.numpy()[5].any()
    assert layer.weight.numpy()[:5].all()
    assert repr(layer) == repr(torch.nn.Embedding(6, 3, padding_idx=-1))
    y = layer(nn.tensor(NUMBERS))
    np.testing.assert_array_equal(y.detach().numpy(), layer.weight.numpy()[NUMBERS])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.embedding(nn.tensor([6]), nn.tensor(TABLE)), IndexError, "input is 6; expected"),
        (lambda: F.embedding(nn.tensor([-1]), nn.tensor(TABLE)), IndexError, "input is -1"),
        (lambda: F.embedding(nn.tensor(TABLE), nn.tensor(TABLE)), TypeError, "'float64'"),
        (lambda: nn.Embedding(6, 3, 6), ValueError, "Embedding: padding_idx is 6; expected a row"),
    ],
)
def test_embedding_rejects(call, error, message):
    with pytest.raises(error, match=message):
        call()
