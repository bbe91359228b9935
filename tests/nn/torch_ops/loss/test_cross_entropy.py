"""cross_entropy beside PyTorch's, in float64: values, both gradients, and the gradients' own."""

import re

import pytest
import torch
import torch.nn.functional as TF
from torch import nn

from crosscheck.nn import torch_ops


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


X, WEIGHT = random(3, 4, 2, 5), random(4, seed=2).abs()
ROWS, ROW = random(5, 4), random(4)
IMAGE = torch.tensor([[0, 1, 2, 3, -1], [3, 2, 1, 0, 0]]).expand(3, 2, 5)
LABELS = torch.tensor([3, 0, 2, 2, 1])
SHARES = torch.softmax(random(5, 4, seed=1), 1)
PROBLEMS = {
    "classes": (ROWS, LABELS, {}),
    "weights": (ROWS, LABELS, {"weight": WEIGHT}),
    "one class ignored": (ROWS, LABELS, {"weight": WEIGHT, "ignore_index": 2}),
    "all ignored": (ROWS, LABELS * 0 - 7, {"ignore_index": -7}),
    "smoothing": (ROWS, LABELS, {"weight": WEIGHT, "label_smoothing": 0.3, "ignore_index": 2}),
    "images": (X, IMAGE, {"ignore_index": -1, "label_smoothing": 0.1}),
    "transposed": (X.transpose(2, 3), IMAGE.transpose(1, 2), {"ignore_index": -1}),
    "one row": (ROW, torch.tensor(2), {"label_smoothing": 0.1}),
    "bytes": (ROWS, LABELS.byte(), {}),
    "bytes of 156, which is -100 as a byte": (random(2, 157), torch.tensor([156, 3]).byte(), {}),
    "probabilities": (ROWS, SHARES, {}),
    "weighted probabilities": (ROWS, SHARES, {"weight": WEIGHT, "label_smoothing": 0.3}),
    "probabilities of images": (X, X.flip(0).softmax(1), {"weight": WEIGHT}),
    "probabilities of one row": (ROW, ROW.flip(0).softmax(0), {}),
    "no rows": (ROWS[:0], LABELS[:0], {}),
}


def history(function, input, target, options):
    """The loss, its gradients, and those of a function of the gradients."""
    leaves = [input.clone().requires_grad_()]
    if target.is_floating_point():
        target = target.clone().requires_grad_()
        leaves.append(target)
    loss = function(leaves[0], target, **options)
    dy = random(*loss.shape, seed=9).requires_grad_()
    first = torch.autograd.grad(loss, leaves, dy, create_graph=True)
    energy = sum((gradient**3).sum() for gradient in first)
    second = torch.autograd.grad(energy, [*leaves, dy])
    return loss, *first, *second


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize(("input", "target", "options"), PROBLEMS.values(), ids=PROBLEMS)
def test_loss_and_two_orders_of_gradients_are_torchs(input, target, options, reduction):
    options = options | {"reduction": reduction}
    ours = history(torch_ops.cross_entropy, input, target, options)
    theirs = history(TF.cross_entropy, input, target, options)
    if theirs[0].isnan().any():  # a mean of nothing: its gradients are 0, and so are theirs for dy
        assert theirs[-1].isnan() and ours[-1] == 0
        ours, theirs = ours[:-1], theirs[:-1]
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-11, atol=1e-12, equal_nan=True)


@pytest.mark.filterwarnings("ignore:size_average and reduce")
def test_the_old_arguments_choose_the_reduction():
    options = {"size_average": False}
    ours, theirs = (f(ROWS, LABELS, **options) for f in (torch_ops.cross_entropy, TF.cross_entropy))
    torch.testing.assert_close(ours, theirs)


def test_classes_and_logits_that_want_no_gradient_get_none():
    shares = SHARES.clone().requires_grad_()
    torch_ops.cross_entropy(ROWS, shares).backward()
    assert shares.grad is not None
    assert not torch_ops.cross_entropy(ROWS, LABELS).requires_grad


@pytest.mark.parametrize("target", [LABELS, SHARES], ids=["classes", "probabilities"])
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_one_graph(backend, target):
    torch._dynamo.reset()
    loss = nn.CrossEntropyLoss(WEIGHT, label_smoothing=0.2)
    torch_ops.replace(loss)
    compiled = torch.compile(loss, backend=backend, fullgraph=True, dynamic=True)
    for rows in (5, 3):
        gradients = []
        for function in (compiled, loss):
            x = ROWS[:rows].clone().requires_grad_()
            gradients.append(torch.autograd.grad(function(x, target[:rows]), x)[0])
        assert torch.equal(*gradients)


@pytest.mark.parametrize(("target", "ignored"), [(LABELS, 2), (SHARES, -2)])
@pytest.mark.parametrize("options", [{}, {"reduction": "none"}, {"weight": WEIGHT}])
def test_a_replaced_layer(options, target, ignored):
    loss = nn.CrossEntropyLoss(**options, label_smoothing=0.2, ignore_index=ignored)
    expected = loss(ROWS, target)
    assert torch_ops.replace(loss).replaced
    torch.testing.assert_close(loss(ROWS, target), expected, rtol=1e-12, atol=1e-12)


def test_a_layer_with_weights_of_half_precision_takes_an_input_of_it():
    replacement = torch_ops.replace(loss := nn.CrossEntropyLoss(WEIGHT.half()))
    assert loss(ROWS.half(), LABELS).dtype == torch.float16 and not replacement.fell_back
    with pytest.raises(RuntimeError, match="expected scalar type"):  # PyTorch's message
        loss(ROWS.float(), LABELS)
    (reason,) = replacement.fell_back[0].fell_back
    assert reason == "weight is torch.float16, input torch.float32; kernels take one dtype"


REFUSED = [
    (ValueError, "input.shape is (); expected at least 1 dimension", (ROW[0], LABELS), {}),
    (TypeError, "target.dtype is torch.int32; expected torch.int64", (ROWS, LABELS.int()), {}),
    (TypeError, "target.dtype is torch.float32; expected torch.float64, the dtype of input",
     (ROWS, SHARES.float()), {}),
    (ValueError, "target.shape is (4,); expected (5,)", (ROWS, LABELS[:4]), {}),
    (IndexError, "target is 4; expected classes from 0 to 3", (ROWS, LABELS + 1), {}),
    (ValueError, "weight.shape is (3,); expected (4,)", (ROWS, LABELS, WEIGHT[:3]), {}),
    (NotImplementedError, "weight.requires_grad is True",
     (ROWS, LABELS, WEIGHT.clone().requires_grad_()), {}),
    (ValueError, "label_smoothing is 1.5", (ROWS, LABELS), {"label_smoothing": 1.5}),
    (TypeError, "ignore_index is True", (ROWS, LABELS), {"ignore_index": True}),
    (ValueError, "reduction is 'all'", (ROWS, LABELS), {"reduction": "all"}),
]  # fmt: skip


@pytest.mark.parametrize(("error", "message", "arguments", "options"), REFUSED)
def test_a_message_says_what_does_not_fit(error, message, arguments, options):
    with pytest.raises(error, match="cross_entropy: " + re.escape(message)):
        torch_ops.cross_entropy(*arguments, **options)
