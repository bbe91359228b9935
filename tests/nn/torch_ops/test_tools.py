"""PyTorch's tools that walk or wrap a model: on a replaced one they do what they did before."""

import copy
import pickle
from functools import partial

import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.utils import parametrizations, prune
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.checkpoint import checkpoint

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import operator, operators

X = torch.randn(3, 2, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
OPS = {"conv2d", "batch_norm", "relu", "max_pool2d", "linear"}


def net():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect"),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 3),
    ).double()


def replaced_net():
    model = net()
    assert [layer.kind for layer in torch_ops.replace(model).left] == ["Flatten"]
    return model


@pytest.fixture
def launched(monkeypatch):
    """The kernels' wrappers that were called, by the folders and files they are in."""
    names = set()
    for module in (operator, operators):

        def launch(kernel, *arguments, launch=module.launch):
            function = getattr(kernel, "func", kernel)
            names.add(f"{function.__module__}.{function.__qualname__}")
            launch(kernel, *arguments)

        monkeypatch.setattr(module, "launch", launch)
    return names


def assert_close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-10)


def outcome(function, model):
    """Return the output, the gradients of the input and the parameters, and the buffers."""
    x = X.clone().requires_grad_()
    y = function(x)
    wanted = [x, *(each for each in model.parameters() if each.requires_grad)]
    return y, *torch.autograd.grad(y, wanted, torch.cos(y.detach())), *model.buffers()


def hooked(model):
    model[0].register_forward_pre_hook(lambda _, inputs: (2 * inputs[0],))
    model[2].register_forward_hook(lambda _, inputs, y: y + inputs[0])
    model[5].register_full_backward_hook(lambda _, dx, dy: (3 * dx[0],))
    model[3].register_full_backward_pre_hook(lambda _, dy: (5 * dy[0],))
    return model


def pruned(model):
    prune.l1_unstructured(model[0], "weight", 0.5)
    prune.ln_structured(model[5], "weight", 0.4, n=2, dim=0)
    prune.remove(model[5], "weight")
    return model


def averaged(model):
    average = AveragedModel(model)
    with torch.no_grad():
        for each in model.parameters():
            each.mul_(1.5)
    average.update_parameters(model)
    average.update_parameters(model)
    update_bn([X, 2 * X], average)
    return average


def parametrized(register):
    def tool(model):
        torch.manual_seed(1)  # spectral_norm begins with a random vector
        register(model[0])
        register(model[5])
        return model

    return tool


def copied(model):
    return copy.deepcopy(model)


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def saved(model):
    other = replaced_net()
    other.load_state_dict(model.state_dict())
    return other


TOOLS = {
    "none": lambda model: model,
    "fx": torch.fx.symbolic_trace,
    "checkpoint": lambda model: partial(checkpoint, model, use_reentrant=False),
    "checkpoint, reentrant": lambda model: partial(checkpoint, model, use_reentrant=True),
    "jit.trace": lambda model: torch.jit.trace(model, X),
    "export": lambda model: torch.export.export(model, (X,)).module(),
    "export, strict": lambda model: torch.export.export(model, (X,), strict=True).module(),
    "compile": lambda model: torch.compile(model, backend="aot_eager", fullgraph=True),
    "pruning": pruned,
    "hooks": hooked,
    "deepcopy": copied,
    "pickle": pickled,
    "state_dict": saved,
    "SWA": averaged,
    "DataParallel": nn.DataParallel,
    "weight_norm": parametrized(parametrizations.weight_norm),
    "spectral_norm": parametrized(parametrizations.spectral_norm),
    "orthogonal": parametrized(parametrizations.orthogonal),
    "functional_call": lambda model: partial(
        functional_call, model, dict(model.named_parameters())
    ),
}


@pytest.mark.filterwarnings("ignore")  # jit.trace is deprecated; modes of a checkpoint
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("tool", TOOLS)
def test_outputs_and_gradients_are_those_of_the_model_that_was_not_replaced(
    tool, training, launched
):
    torch._dynamo.reset()
    outcomes = []
    for make in (net, replaced_net):
        model = make().train(training)
        with torch.no_grad():
            model(X)  # running statistics that are not their initial values
        launched.clear()
        function = TOOLS[tool](model)
        outcomes.append(outcome(function, function if isinstance(function, nn.Module) else model))
    assert_close(*outcomes)
    print(launched)
