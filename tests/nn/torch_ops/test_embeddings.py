"""embedding beside PyTorch's: rows, their gradients, and the gradients' own."""

import pytest
import torch
import torch.nn.functional as TF
from torch import nn

from crosscheck.nn import torch_ops

TABLE = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
NUMBERS = {
    "many": torch.tensor([[0, 4, 1], [1, 1, 3]]),
    "a view": torch.tensor([[4, 2], [2, 0]]).T[:, :1].expand(2, 3),
    "one": torch.tensor(2),
}


def history(function, numbers, padding):
    """The rows, the gradient of the table, and that for dy of a function of the gradient."""
    table = TABLE.clone().requires_grad_()
    rows = function(numbers, table, padding)
    dy = torch.arange(1.0, rows.numel() + 1, dtype=torch.float64).reshape(rows.shape)
    dy.requires_grad_()
    (first,) = torch.autograd.grad(rows, table, dy, create_graph=True)
    return rows, first, *torch.autograd.grad((first**3).sum(), dy)


@pytest.mark.parametrize("padding", [None, 1, -3])
@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)
def test_rows_and_two_orders_of_gradients_are_torchs(numbers, padding):
    ours = history(torch_ops.embedding, numbers, padding)
    theirs = history(TF.embedding, numbers, padding)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12)


def test_no_rows_have_a_gradient_of_zeros():
    table = TABLE.clone().requires_grad_()
    rows = torch_ops.embedding(torch.zeros(0, 2, dtype=torch.int64), table, 1)
    assert rows.shape == (0, 2, 3)
    assert torch.equal(torch.autograd.grad(rows.sum(), table)[0], torch.zeros_like(table))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_replaced_layer_is_one_graph(backend):
    torch._dynamo.reset()
    layer = nn.Embedding(5, 3, padding_idx=1)
    numbers = NUMBERS["many"]
    expected = torch.autograd.grad(layer(numbers).square().sum(), layer.weight)[0]
    replacement = torch_ops.replace(layer)
    assert replacement.replaced
    compiled = torch.compile(layer, backend=backend, fullgraph=True, dynamic=True)
    for function in (layer, compiled):
        found = torch.autograd.grad(function(numbers).square().sum(), layer.weight)[0]
        torch.testing.assert_close(found, expected)
    assert not replacement.fell_back
