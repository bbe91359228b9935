"""InstanceNorm replaced in a model: results, gradients and running statistics are PyTorch's."""

import copy

import pytest
import torch
from torch import nn

from crosscheck.nn import torch_ops

TRACKED = dict(affine=True, track_running_stats=True, momentum=0.3)
LAYERS = {
    "signals": (nn.InstanceNorm1d(3), (2, 3, 5)),
    "images": (nn.InstanceNorm2d(3, affine=True), (2, 3, 4, 5)),
    "an image": (nn.InstanceNorm2d(3), (3, 4, 5)),
    "volumes": (nn.InstanceNorm3d(3, affine=True), (2, 3, 2, 2, 3)),
    "tracked signals": (nn.InstanceNorm1d(3, **TRACKED), (2, 3, 5)),
    "tracked images": (nn.InstanceNorm2d(3, track_running_stats=True), (2, 3, 4, 5)),
    "a tracked image": (nn.InstanceNorm2d(3, **TRACKED), (3, 4, 5)),
    "tracked without momentum": (
        nn.InstanceNorm1d(3, momentum=None, track_running_stats=True),
        (2, 3, 5),
    ),
}


def random(*shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def results(layer, shape):
    """Return what the layer gives in training and in eval, its second derivatives and buffers."""
    found = []
    for training in (True, False):
        layer.train(training)
        x = random(*shape).requires_grad_()
        y = layer(x)
        leaves, dy = [x, *layer.parameters()], random(*y.shape, seed=1).requires_grad_()
        gradients = torch.autograd.grad(y, leaves, dy, create_graph=True)
        through = [x, dy] if training else [dy]  # running statistics are no function of x
        found += [y, *gradients, *torch.autograd.grad(gradients[0].pow(2).sum(), through)]
    return found + [each.clone() for each in layer.buffers()]


@pytest.mark.parametrize("name", LAYERS)
def test_a_replaced_layer_is_torchs(name):
    layer, shape = LAYERS[name]
    theirs = copy.deepcopy(layer).double()
    for seed, parameter in enumerate(theirs.parameters()):
        nn.init.constant_(parameter, 0.5 + seed)
    ours = copy.deepcopy(theirs)
    assert len(torch_ops.replace(ours).replaced) == 1
    for our, their in zip(results(ours, shape), results(theirs, shape), strict=True):
        torch.testing.assert_close(our, their, rtol=1e-10, atol=1e-12)
    assert torch_ops.report(ours).fell_back == ()


def test_one_graph_with_running_statistics():
    layer = nn.InstanceNorm2d(3, **TRACKED)
    compiled = copy.deepcopy(layer)
    for each in (layer, compiled):
        torch_ops.replace(each)
    graph = torch.compile(compiled, backend="aot_eager", fullgraph=True)
    x = random(2, 3, 4, 5).float()
    torch.testing.assert_close(graph(x), layer(x))
    torch.testing.assert_close(compiled.running_var, layer.running_var)


X, ONE = random(2, 3, 5), torch.ones(3, dtype=torch.float64)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, ONE), "running_var is None; expected an array, as running_mean is one"),
        ((X, None, None, ONE, ONE, False), "running_mean is None; expected an array where use_inp"),
        ((X, ONE[:2], ONE), r"running_mean.shape is \(2,\); expected \(3,\)"),
        ((X[:, :, :1],), "expected more than 1 element of each channel"),
    ],
)
def test_rejects(arguments, message):
    with pytest.raises(ValueError, match=f"instance_norm: .*{message}"):
        torch_ops.instance_norm(*arguments)


def test_statistics_that_require_grad_are_refused():
    with pytest.raises(NotImplementedError, match="running_mean.requires_grad is True"):
        torch_ops.instance_norm(X, ONE.clone().requires_grad_(), ONE)
