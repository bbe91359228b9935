"""Losses of two tensors beside PyTorch's, in float64: values, and two orders of gradients."""

import pytest
import torch
import torch.nn.functional as TF
from torch import nn

from crosscheck.nn import torch_ops


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


X, T, WEIGHT = random(3, 4), random(3, 4, seed=1), random(3, 4, seed=2).abs()
P, Q, POSITIVE = X.sigmoid(), T.sigmoid(), random(4, seed=3).abs()
PROBLEMS = {
    "mse_loss": (X, T, {}),
    "mse_loss by weights": (X, T, {"weight": WEIGHT}),
    "l1_loss": (X, T, {}),
    "l1_loss by weights": (X, T, {"weight": WEIGHT}),
    "smooth_l1_loss": (X, T, {"beta": 0.7}),
    "smooth_l1_loss without a square": (X, T, {"beta": 0}),
    "huber_loss": (X, T, {"delta": 0.7}),
    "huber_loss by weights": (X, T, {"weight": WEIGHT}),
    "binary_cross_entropy": (P, Q, {}),
    "binary_cross_entropy of each row's weight": (P, Q, {"weight": WEIGHT[:, :1]}),
    "binary_cross_entropy_with_logits": (X, Q, {}),
    "binary_cross_entropy_with_logits by weights": (
        X,
        Q,
        {"weight": WEIGHT[:, :1], "pos_weight": POSITIVE},
    ),
    "binary_cross_entropy_with_logits far out": (1000 * X, Q, {}),
}


def history(function, input, target, options):
    """The loss, its gradients, and those of a function of the gradients."""
    leaves = [each.clone().requires_grad_() for each in (input, target)]
    loss = function(*leaves, **options)
    dy = random(*loss.shape, seed=9).requires_grad_()
    first = torch.autograd.grad(loss, leaves, dy, create_graph=True)
    # one factor for each: gradients of opposite sign would cancel
    energy = sum(factor * (gradient**3).sum() for factor, gradient in enumerate(first, 1))
    return loss, *first, *torch.autograd.grad(energy, [*leaves, dy])


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_loss_and_two_orders_of_gradients_are_torchs(problem, reduction):
    name, (input, target, options) = problem.split()[0], PROBLEMS[problem]
    options = options | {"reduction": reduction}
    ours = history(getattr(torch_ops, name), input, target, options)
    theirs = history(getattr(TF, name), input, target, options)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-9, atol=1e-12, equal_nan=True)


def test_the_gradients_of_certainties_are_finite():
    """Those for the target are infinite, in PyTorch, too."""
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64)
    found = []
    for function in (torch_ops.binary_cross_entropy, TF.binary_cross_entropy):
        x = ends.clone().requires_grad_()
        first = torch.autograd.grad(function(x, ends), x, create_graph=True)[0]
        found.append(torch.autograd.grad(first.sum(), x)[0])
    assert torch.equal(*found) and found[0].isfinite().all()


LAYERS = [
    (nn.L1Loss(), X, T),
    (nn.SmoothL1Loss(beta=0.3), X, T),
    (nn.HuberLoss("sum", delta=0.3), X, T),
    (nn.BCELoss(WEIGHT[:, :1], reduction="none"), P, Q),
    (nn.BCEWithLogitsLoss(WEIGHT, pos_weight=POSITIVE), X, Q),
    (nn.NLLLoss(POSITIVE, ignore_index=2), X, torch.tensor([3, 2, 0])),
]


@pytest.mark.parametrize(("loss", "input", "target"), LAYERS, ids=lambda x: type(x).__name__)
def test_a_replaced_layer_calls_the_operator(loss, input, target):
    expected = loss(input, target)
    replacement = torch_ops.replace(loss)
    torch.testing.assert_close(loss(input, target), expected, rtol=1e-12, atol=1e-12)
    leaf = input.clone().requires_grad_()
    assert "crosscheck" in loss(leaf, target).grad_fn.name() and not replacement.fell_back


@pytest.mark.parametrize("name", ["weight", "pos_weight"])
def test_torch_computes_with_weights_that_require_grad(name):
    """As long as nobody asks for that gradient: PyTorch has none, either."""
    loss = nn.BCEWithLogitsLoss(**{name: nn.Parameter(POSITIVE)})
    with torch.no_grad():
        expected = loss(X, Q)
        replacement = torch_ops.replace(loss)
        assert torch.equal(loss(X, Q), expected)
    assert list(replacement.replaced[0].fell_back) == [
        f"{name} requires grad; the kernels have no gradient for it"
    ]


@pytest.mark.parametrize("name", ["l1_loss", "smooth_l1_loss", "huber_loss"])
def test_shapes_that_differ_are_broadcast_with_a_warning(name):
    with pytest.warns(UserWarning, match=f"{name}: input and target differ in shape") as warned:
        ours = getattr(torch_ops, name)(X, T[:1])
    assert warned[0].filename == __file__
    with pytest.warns(UserWarning, match="different to the input size"):
        torch.testing.assert_close(ours, getattr(TF, name)(X, T[:1]))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
@pytest.mark.filterwarnings("ignore")
def test_derivatives_of_what_is_broadcast(name, reduction, weighted):
    found = []
    for module in (torch_ops, TF):
        x, t = X[:, :1].clone().requires_grad_(), T[:1].clone().requires_grad_()
        weight = POSITIVE.new_full(x.shape, 1.5) if weighted else None
        y = getattr(module, name)(x, t, reduction=reduction, weight=weight)
        dy = torch.linspace(0.5, 2, y.numel(), dtype=y.dtype).reshape(y.shape).requires_grad_()
        first = torch.autograd.grad(y, (x, t), dy, create_graph=True)
        bend = sum(each.pow(2).sum() for each in first)
        found.append((y, *first, *torch.autograd.grad(bend, (x, t, dy), allow_unused=True)))
    for our, their in zip(*found, strict=True):
        their = torch.zeros_like(our) if their is None else their
        torch.testing.assert_close(our, their, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_one_graph(backend):
    torch._dynamo.reset()
    loss = nn.BCEWithLogitsLoss(pos_weight=POSITIVE)
    torch_ops.replace(loss)
    compiled = torch.compile(loss, backend=backend, fullgraph=True, dynamic=True)
    for rows in (3, 2):
        gradients = []
        for function in (compiled, loss):
            x = X[:rows].clone().requires_grad_()
            gradients.append(torch.autograd.grad(function(x, Q[:rows]), x)[0])
        assert torch.equal(*gradients)
