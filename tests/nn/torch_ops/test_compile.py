"""The operators under torch.compile: one graph, no break, the same numbers."""

import pytest
import torch
from torch import nn
from torch._dynamo.testing import CompileCounterWithBackend

from crosscheck.nn import torch_ops


@pytest.fixture(autouse=True)
def nothing_compiled():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def replaced_net():
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding="same", padding_mode="reflect"),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        nn.Conv2d(4, 4, 2, padding="same", groups=2),
        nn.Softmax(1),
        nn.AvgPool2d(2, padding=1),
        nn.AdaptiveAvgPool2d((2, None)),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(16, 3),
        nn.LogSoftmax(-1),
    ).double()
    assert [layer.kind for layer in torch_ops.replace(net).left] == ["Flatten"]
    return net


def compare(net, compiled, shape):
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    outcomes = []
    for function in (net, compiled):
        torch.manual_seed(1)  # dropout
        y = function(x)
        wanted = [x, *net.parameters()]
        outcomes.append((y, *torch.autograd.grad(y, wanted, torch.cos(y.detach()))))
    for eager, own in zip(*outcomes, strict=True):
        torch.testing.assert_close(own, eager, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_one_graph_serves_every_size(backend):
    net, counter = replaced_net(), CompileCounterWithBackend(backend)
    compiled = torch.compile(net, backend=counter, fullgraph=True, dynamic=True)
    compare(net, compiled, (2, 3, 9, 12))
    counter.frame_count = 0  # it may be 2: PyTorch traces again where a float is only a constant
    for shape in ((3, 3, 12, 9), (4, 3, 7, 7)):
        compare(net, compiled, shape)
    assert counter.frame_count == 0


def test_no_size_is_tied_down():
    net = replaced_net()
    x = torch.randn(2, 3, 9, 12, dtype=torch.float64)
    for axis in (0, 2, 3):
        torch._dynamo.mark_dynamic(x, axis)  # raises where a shape rule asks for a number
    assert torch.compile(net, backend="eager", fullgraph=True)(x).shape == net(x).shape


def test_a_window_may_be_as_large_as_the_input():
    compiled = torch.compile(
        lambda x: torch_ops.avg_pool2d(x, x.shape[-2:]),
        backend="eager",
        fullgraph=True,
        dynamic=True,
    )
    for size in (4, 5):
        assert torch.equal(compiled(torch.ones(1, 2, size, 6)), torch.ones(1, 2, 1, 1))


def test_inductor():
    weight = torch.randn(4, 3, 3, 3, dtype=torch.float64)

    def net(x):  # our operators alone: nothing in it needs a C compiler
        return torch_ops.max_pool2d(torch_ops.relu(torch_ops.conv2d(x, weight)), 2)

    x = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    assert torch.equal(torch.compile(net, fullgraph=True)(x), net(x))


@pytest.mark.filterwarnings("ignore:mse_loss", "ignore:softmax")
@pytest.mark.parametrize("function", [torch_ops.mse_loss, lambda x, t: torch_ops.softmax(x * t)])
def test_a_warning_breaks_no_graph(function):
    compiled = torch.compile(function, backend="eager", fullgraph=True, dynamic=True)
    for size in (4, 5):
        arguments = torch.randn(3, size), torch.randn(size)
        assert torch.equal(compiled(*arguments), function(*arguments))
