"""Embedding and Dropout2d: rows and gradients are torch's; whole channels are dropped."""

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


def test_dropout2d_drops_whole_channels():
    nn.manual_seed(0)
    x = nn.tensor(np.ones((4, 32, 3, 3)), requires_grad=True)
    y = nn.Dropout2d(0.25)(x)
    channels = y.detach().numpy().reshape(4, 32, 9)
    assert (channels == channels[:, :, :1]).all()
    assert set(np.unique(channels)) == {0.0, 1 / 0.75}
    assert 0.1 < (channels[:, :, 0] == 0).mean() < 0.4
    y.backward(nn.tensor(np.ones((4, 32, 3, 3))))
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    still = nn.Dropout2d().eval()
    assert still(x) is x


def test_dropout2d_in_place_and_of_other_shapes():
    x = nn.tensor(np.ones((2, 8, 2, 2)))
    assert nn.Dropout2d(0.5, inplace=True)(x) is x and set(np.unique(x.numpy())) <= {0.0, 2.0}
    with pytest.raises(ValueError, match=r"dropout2d: input.shape is \(2, 3\); expected 4"):
        F.dropout2d(nn.tensor(np.ones((2, 3))))
