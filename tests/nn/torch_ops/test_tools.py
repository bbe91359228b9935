"""PyTorch's tools that walk or wrap a model: on a replaced one they do what they did before."""

import copy
import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, hessian, jacrev, jvp, vmap
from torch.nn.utils import parametrizations, prune
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import operator, operators

X = torch.randn(3, 2, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
# The files of the kernels' wrappers that a forward and a backward pass of `net` call.
WRAPPERS = {"conv2d", "normalization", "batch_norm", "relu", "max_pool2d", "linear"}


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
    """The operators of the kernels that were called; of other wrappers, their files."""
    names = set()
    for module in (operator, operators):

        def launch(kernel, *arguments, launch=module.launch):
            own = getattr(kernel, "operator", None)
            names.add(own.name if own else kernel.__module__.split(".")[-1])
            launch(kernel, *arguments)

        monkeypatch.setattr(module, "launch", launch)
    return names


def assert_close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-10)


def outcome(function, model):
    """Return the output, the gradients of the input and the parameters, and the buffers."""
    x = X.clone().requires_grad_()
    y = function(x)
    named = {"x": x} | {name: each for name, each in model.named_parameters()}
    gradients = torch.autograd.grad(y, list(named.values()), torch.cos(y.detach()))
    return y, dict(zip(named, gradients, strict=True)), dict(model.named_buffers())


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


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def loaded(model):
    other = copy.deepcopy(model)
    for each in other.parameters():
        each.detach().zero_()
    other.load_state_dict(model.state_dict())
    return other


TOOLS = {
    "none": lambda model: model,
    "fx": torch.fx.symbolic_trace,
    "checkpoint": lambda model: partial(checkpoint, model, use_reentrant=False),
    "jit.trace": lambda model: torch.jit.trace(model, X),
    "export": lambda model: torch.export.export(model, (X,)).module(),
    "export, strict": lambda model: torch.export.export(model, (X,), strict=True).module(),
    "compile": lambda model: torch.compile(model, backend="aot_eager", fullgraph=True),
    "pruning": pruned,
    "hooks": hooked,
    "deepcopy": copy.deepcopy,
    "pickle": pickled,
    "state_dict": loaded,
    "SWA": averaged,
    "DataParallel": nn.DataParallel,
    "weight_norm": parametrized(parametrizations.weight_norm),
    "spectral_norm": parametrized(parametrizations.spectral_norm),
    "orthogonal": parametrized(parametrizations.orthogonal),
    "functional_call": lambda model: partial(
        functional_call, model, dict(model.named_parameters())
    ),
}


def modules_or(function, model):
    return function if isinstance(function, nn.Module) else model


@pytest.mark.filterwarnings("ignore")  # jit.trace is deprecated, and checks itself in training
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("tool", TOOLS)
def test_all_is_as_without_replace(tool, training, launched):
    torch._dynamo.reset()
    outcomes = []
    for make in (replaced_net, net):
        model = make().train(training)
        with torch.no_grad():
            model(X)  # running statistics that are not their initial values
        function = TOOLS[tool](model)
        launched.clear()
        outcomes.append(outcome(function, modules_or(function, model)))
        assert launched == (WRAPPERS if make is replaced_net else set())
    assert_close(*outcomes)
    assert torch_ops.report(model).fell_back == ()


def test_a_replaced_layer_is_a_leaf_to_fx_where_torchs_is_one():
    ours, theirs = (torch.fx.symbolic_trace(make()) for make in (replaced_net, net))
    assert [str(node) for node in ours.graph.nodes] == [str(node) for node in theirs.graph.nodes]
    assert [node.op for node in ours.graph.nodes].count("call_module") == 6
    assert len(torch_ops.report(ours).replaced) == 5
    again = torch.fx.symbolic_trace(pickle.loads(pickle.dumps(replaced_net())))
    assert [str(node) for node in again.graph.nodes] == [str(node) for node in theirs.graph.nodes]


FUSED = [["0", "1", "2"], ["0", "1"], ["1", "2"]]


@pytest.mark.filterwarnings("ignore")  # torch.ao is deprecated
@pytest.mark.parametrize("names", FUSED, ids=" ".join)
def test_fuse_modules(names, launched):
    outcomes = []
    for make in (replaced_net, net):
        model = make()
        model(X)
        fused = torch.ao.quantization.fuse_modules(model.eval(), names)
        launched.clear()
        outcomes.append((str(fused), *outcome(fused, fused)))
        if make is replaced_net:
            assert launched == {"max_pool2d", "linear"} | (
                {"relu"} if names == FUSED[1] else {"conv2d"} if names == FUSED[2] else set()
            )
            assert torch_ops.replace(fused).left  # an Identity for each layer that was fused
    ours, theirs = outcomes
    assert ours[0] == theirs[0]
    assert_close(ours[1:], theirs[1:])


@pytest.mark.filterwarnings("ignore")
def test_fuse_modules_of_a_model_of_which_a_part_is_replaced():
    outcomes = []
    for make in (replaced_net, net):
        model = make()
        model[1] = net()[1]
        fused = torch.ao.quantization.fuse_modules_qat(model.train(), FUSED[0])
        outcomes.append((type(fused[0]), outcome(fused, fused)))
    assert outcomes[0][0] is outcomes[1][0]
    assert_close(outcomes[0][1], outcomes[1][1])


def flops(model, x):
    with FlopCounterMode(display=False) as counter:
        model(x.clone().requires_grad_()).sum().backward()
    return counter.get_flop_counts()


def test_flops():
    ours, theirs = flops(replaced_net(), X), flops(net(), X)
    assert [sum(ours[name].values()) for name in ("Global", "Sequential.0", "Sequential.5")] == [
        sum(theirs[name].values()) for name in ("Global", "Sequential.0", "Sequential.5")
    ]
    assert {str(name) for name in ours["Global"]} == {
        f"crosscheck.{op}{direction}"
        for op in ("conv2d", "linear")
        for direction in ("", "_input_gradient", "_weight_gradient")
    }


def test_flops_of_groups_and_of_one_image():
    """Each of 6 filters has 2 * 3 * 3 weights, and each of its 6 * 6 outputs reads all of them."""
    conv = nn.Conv2d(4, 6, 3, groups=2).double()
    torch_ops.replace(conv)
    images = torch.randn(3, 4, 8, 8, dtype=torch.float64)
    one = 2 * 6 * (2 * 3 * 3) * (6 * 6)
    assert sum(flops(conv, images)["Global"].values()) == 3 * 3 * one
    assert sum(flops(conv, images[0])["Global"].values()) == 3 * one


def parameters(model):
    return dict(model.named_parameters())


def per_sample(model, x):
    def loss(parameters, x):
        return functional_call(model, parameters, (x[None],)).cos().sum()

    return vmap(grad(loss), (None, 0))(parameters(model), x)


DERIVATIVES = {
    "grad": lambda model, x: grad(lambda x: model(x).cos().sum())(x),
    "grad of parameters": lambda model, x: grad(
        lambda p: functional_call(model, p, (x,)).cos().sum()
    )(parameters(model)),
    "vmap of grad": per_sample,
    "jacrev": lambda model, x: jacrev(model)(x[:1]),
    "jvp": lambda model, x: jvp(model, (x,), (x.cos(),)),
    "forward_ad": lambda model, x: dual(model, x),
    "hessian": lambda model, x: hessian(lambda x: model(x).cos().sum())(x[:1]),
    "compiled grad": lambda model, x: torch.compile(
        grad(lambda x: model(x).cos().sum()), backend="eager", fullgraph=True
    )(x),
}


def dual(model, x):
    with torch.autograd.forward_ad.dual_level():
        y = model(torch.autograd.forward_ad.make_dual(x, x.cos()))
        return torch.autograd.forward_ad.unpack_dual(y)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_by_torch_func_are_torchs_own(name, launched):
    torch._dynamo.reset()
    outcomes = []
    for make in (replaced_net, net):
        model = make().eval()
        outcomes.append(DERIVATIVES[name](model, X))
        if make is replaced_net:
            replacement = torch_ops.report(model)
    assert_close(*outcomes)
    assert launched == set()
    reason = "forward-mode" if name in ("jvp", "forward_ad", "hessian") else "torch.func.grad"
    assert len(replacement.fell_back) == 5
    assert all(next(iter(each.fell_back)).startswith(reason) for each in replacement.fell_back)


def test_vmap_of_a_model_and_of_its_parameters(launched):
    ours, theirs = (make().eval() for make in (replaced_net, net))
    batches = torch.stack([X, 2 * X])
    models = {name: torch.stack([each, 2 * each]) for name, each in theirs.named_parameters()}
    outcomes = []
    for model in (ours, theirs):
        of_many = vmap(lambda p, model=model: functional_call(model, p, (X,)))(models)
        outcomes.append((vmap(model)(batches), of_many))
    assert_close(*outcomes)
    assert launched == WRAPPERS - {"batch_norm"} and torch_ops.report(ours).fell_back == ()


def test_wrappers_for_several_processes(tmp_path):
    """DistributedDataParallel, FSDP, fully_shard and DTensor, in a process of their own."""
    worker = Path(__file__).with_name("wrappers_worker.py")
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "GLOO_SOCKET_IFNAME": "lo",
    }
    done = subprocess.run(
        [sys.executable, str(worker), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,  # far more than it takes to start
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("\n")[:-1] == ["DDP", "FSDP", "FSDP, flat", "fully_shard", "DTensor"]
