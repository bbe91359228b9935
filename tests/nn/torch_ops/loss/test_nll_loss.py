"""nll_loss beside PyTorch's, in float64: values, the gradient, and the gradient's own."""

import pytest
import torch
import torch.nn.functional as TF

from crosscheck.nn import torch_ops


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


ROWS, IMAGES, WEIGHT = random(5, 4), random(3, 4, 2, 5), random(4, seed=2).abs()
LABELS = torch.tensor([3, 0, 2, 2, 1])
IMAGE = torch.tensor([[0, 1, 2, 3, -1], [3, 2, 1, 0, 0]]).expand(3, 2, 5)
PROBLEMS = {
    "classes": (ROWS, LABELS, {}),
    "weights": (ROWS, LABELS, {"weight": WEIGHT}),
    "one class ignored": (ROWS, LABELS, {"weight": WEIGHT, "ignore_index": 2}),
    "all ignored": (ROWS, LABELS * 0 - 7, {"ignore_index": -7}),
    "images": (IMAGES, IMAGE, {"ignore_index": -1}),
    "one row": (ROWS[0], LABELS[0], {}),
    "bytes": (ROWS, LABELS.byte(), {}),
}


def history(function, input, target, options):
    """The loss, its gradient, and that for dy of a function of the gradient."""
    leaf = input.clone().requires_grad_()
    loss = function(leaf, target, **options)
    dy = random(*loss.shape, seed=9).requires_grad_()
    (first,) = torch.autograd.grad(loss, leaf, dy, create_graph=True)
    return loss, first, *torch.autograd.grad((first**3).sum(), dy)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize(("input", "target", "options"), PROBLEMS.values(), ids=PROBLEMS)
def test_loss_and_two_orders_of_gradients_are_torchs(input, target, options, reduction):
    options = options | {"reduction": reduction}
    ours = history(torch_ops.nll_loss, input, target, options)
    theirs = history(TF.nll_loss, input, target, options)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12, equal_nan=True)
