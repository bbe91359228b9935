"""Layers that normalise each sample, replaced in a model: results, gradients, what falls back."""

import copy

import pytest
import torch
from torch import nn

from crosscheck.nn import torch_ops

LAYERS = {
    "rows": (nn.LayerNorm(5), (2, 3, 5)),
    "planes": (nn.LayerNorm((3, 5), bias=False), (2, 3, 5)),
    "groups": (nn.GroupNorm(2, 4), (2, 4, 3, 5)),
    "bare groups": (nn.GroupNorm(1, 4, affine=False), (2, 4, 3)),
}


def random(*shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def results(layer, shape):
    x = random(*shape).requires_grad_()
    y = layer(x)
    return y, *torch.autograd.grad(y, [x, *layer.parameters()], random(*y.shape, seed=1))


@pytest.mark.parametrize("name", LAYERS)
def test_a_replaced_layer_is_torchs(name):
    layer, shape = LAYERS[name]
    theirs = copy.deepcopy(layer).double()
    for seed, parameter in enumerate(theirs.parameters()):
        nn.init.constant_(parameter, 0.5 + seed)
    ours = copy.deepcopy(theirs)
    assert len(torch_ops.replace(ours).replaced) == 1
    for our, their in zip(results(ours, shape), results(theirs, shape), strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12)
    assert torch_ops.report(ours).fell_back == ()


def by_arithmetic(x, shape, weight, bias, eps):
    """layer_norm of rows: the third derivatives of PyTorch 2.13's own differ from these."""
    centered = x - x.mean(-1, keepdim=True)
    return centered * ((centered * centered).mean(-1, keepdim=True) + eps).rsqrt() * weight


def test_third_derivatives_are_those_of_arithmetic():
    found = []
    for function in (torch_ops.layer_norm, by_arithmetic):
        x, w = random(3, 4).requires_grad_(), random(4, seed=1).requires_grad_()
        y = function(x, (4,), w, None, 0.1)
        for seed in (2, 3, 4):
            (y,) = torch.autograd.grad(y, x, random(3, 4, seed=seed), create_graph=True)
        found.append((y, *torch.autograd.grad(y.sum(), w)))
    for our, their in zip(*found, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-9, atol=1e-10)
