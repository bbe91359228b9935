"""The losses of an input and a target against PyTorch: values, gradients, weights, bad input."""

from importlib import import_module

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

from crosscheck.kernels.launch import sanitized

LOSSES = {
    "l1_loss": ({}, ("weight",)),
    "smooth_l1_loss": ({"beta": 0.7}, ()),
    "huber_loss": ({"delta": 0.6}, ("weight",)),
    "binary_cross_entropy": ({}, ("weight",)),
    "binary_cross_entropy_with_logits": ({}, ("weight", "pos_weight")),
}


def kernels(name):
    return import_module(f"crosscheck.kernels.loss.{name}")


def numbers(seed, *shape):
    return np.random.default_rng(seed).uniform(0.1, 0.9, shape)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_values_and_gradients(name, reduction, weighted):
    options, weights = LOSSES[name]
    x, t = numbers(0, 5, 7), numbers(1, 5, 7)
    arrays = {each: numbers(2, 5, 7) for each in weights if weighted}
    tensors = [torch.tensor(each, requires_grad=True) for each in (x, t)]
    given = {each: torch.tensor(values) for each, values in arrays.items()}
    expected = getattr(TF, name)(*tensors, reduction=reduction, **given, **options)
    dy = numbers(3, *expected.shape)
    theirs = torch.autograd.grad(expected, tensors, torch.tensor(dy))
    how = dict(reduction=reduction, **arrays, **options)
    with sanitized():
        ours = [
            kernels(name).forward(x, t, **how),
            kernels(name).input_gradient(dy, x, t, **how),
            kernels(name).target_gradient(dy, x, t, **how),
        ]
    for mine, their in zip(ours, (expected.detach(), *theirs), strict=True):
        np.testing.assert_allclose(mine, their.numpy(), rtol=1e-11)


@pytest.mark.parametrize("shape", [(7,), (5, 1), (1, 1), ()])
def test_weights_of_binary_cross_entropy_broadcast(shape):
    x, t, w = numbers(0, 5, 7), numbers(1, 5, 7), numbers(2, *shape)
    ours = kernels("binary_cross_entropy").forward(x, t, weight=w)
    theirs = TF.binary_cross_entropy(*map(torch.tensor, (x, t, w)))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("l1_loss", (ONES, ONES, "sum", ONES[:1]), r"l1_loss: weight.shape is \(1, 3\)"),
        ("smooth_l1_loss", (ONES, ONES, "mean", -1.0), "smooth_l1_loss: beta is -1.0; expected a"),
        ("huber_loss", (ONES, ONES, "mean", None, 0), "huber_loss: delta is 0; expected a number"),
        ("binary_cross_entropy", (2 * ONES, ONES), "input is 2.0; expected numbers from 0 to 1"),
        ("binary_cross_entropy", (ONES, -ONES), "target is -1.0; expected numbers from 0 to 1"),
        (
            "binary_cross_entropy_with_logits",
            (ONES, ONES, "mean", None, ONES[:, :2]),
            r"pos_weight.shape is \(2, 2\); expected a shape that broadcasts",
        ),
    ],
)
def test_rejects(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        kernels(name).forward(*arguments)
