"""The tree of modules against PyTorch's, built by one function for both."""

import copy
import pickle
from collections import OrderedDict
from inspect import signature

import numpy as np
import pytest
import torch

from crosscheck import nn


def build(nn):
    """Return a model with a shared module, a shared parameter, a named Sequential and a None."""

    class Part(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner
            self.conv = nn.Conv2d(1, 2, 3)
            self.norm = nn.BatchNorm2d(2)
            self.nothing = None
            self.register_parameter("absent", None)

        def forward(self, x):
            return self.norm(self.conv(self.inner(x)))

    inner = nn.ReLU()
    model = nn.Sequential(Part(inner), nn.Sequential(OrderedDict(a=Part(inner), b=nn.Flatten())))
    model[1].a.conv.weight = model[0].conv.weight
    return model


OURS, THEIRS = build(nn), build(torch.nn)


@pytest.mark.parametrize(
    "names",
    [
        lambda m: [name for name, _ in m.named_parameters()],
        lambda m: [name for name, _ in m.named_parameters(prefix="x", recurse=False)],
        lambda m: [name for name, _ in m.named_parameters(remove_duplicate=False)],
        lambda m: [name for name, _ in m.named_buffers()],
        lambda m: [name for name, _ in m.named_buffers(remove_duplicate=False)],
        lambda m: [name for name, _ in m.named_modules()],
        lambda m: [name for name, _ in m.named_modules({m[0]}, "x")],
        lambda m: [name for name, _ in m.named_modules(remove_duplicate=False)],
        lambda m: repr(m.get_submodule("1.a.conv")),
        lambda m: m.get_submodule("") is m,
        lambda m: tuple(m.get_parameter("0.norm.weight").shape),
        lambda m: tuple(m.get_buffer("1.a.norm.running_mean").shape),
        lambda m: [name for name, _ in m.named_children()],
        lambda m: [type(each).__name__ for each in m.modules()],
        lambda m: [type(each).__name__ for each in m[0].children()],
        lambda m: [tuple(each.shape) for each in m.parameters()],
        lambda m: list(m.state_dict()),
        lambda m: list(m.state_dict(prefix="model.")),
        lambda m: [len(m), len(m[1:]), repr(m[1:]), repr(m[-1].b)],
        repr,
    ],
)
def test_is_torchs(names):
    assert names(OURS) == names(THEIRS)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("get_submodule", "1.b.c"),
        ("get_submodule", "0.nothing"),
        ("get_parameter", "0.norm.running_mean"),
        ("get_parameter", "0.absent"),
        ("get_buffer", "0.norm.weight"),
    ],
)
def test_an_unknown_path_is_refused(method, target):
    for model in (OURS, THEIRS):
        with pytest.raises(AttributeError):
            getattr(model, method)(target)
    with pytest.raises(
        AttributeError, match=f"Sequential: target is '{target}'; expected the path"
    ):
        getattr(OURS, method)(target)


def test_signatures_are_torchs():
    for name in ("named_modules", "named_parameters", "named_buffers", "register_module", "apply"):
        ours, theirs = (signature(getattr(each, name)) for each in (nn.Module, torch.nn.Module))
        expected = [(each.name, each.default) for each in theirs.parameters.values()]
        assert [(each.name, each.default) for each in ours.parameters.values()] == expected


def test_train_and_eval_reach_every_module():
    model = build(nn)
    assert model.eval() is model and not any(each.training for each in model.modules())
    assert all(each.training for each in model.train().modules())


def test_apply_calls_children_first():
    seen = [[], []]
    OURS.apply(lambda module: seen[0].append(type(module).__name__))
    THEIRS.apply(lambda module: seen[1].append(type(module).__name__))
    assert seen[0] == seen[1]


def test_a_module_used_twice_is_one_child():
    for module in (nn, torch.nn):
        layer = module.ReLU()
        model = module.Sequential(layer, module.Flatten(), layer)
        assert [name for name, _ in model.named_children()] == ["0", "1"]
        assert len(list(model.modules())) == 3


def test_zero_grad():
    model = nn.Linear(2, 3)
    for set_to_none in (False, True):
        model(nn.tensor(np.ones((1, 2), np.float32))).sum().backward()
        assert model.weight.grad is not None
        model.zero_grad(set_to_none)
        grads = [each.grad for each in model.parameters()]
        assert grads == [None, None] if set_to_none else all((g.numpy() == 0).all() for g in grads)


def test_frozen_parameters_get_no_gradient():
    model = nn.Sequential(nn.Linear(2, 3).requires_grad_(False), nn.Linear(3, 1))
    model(nn.tensor(np.ones((1, 2), np.float32))).sum().backward()
    assert [each.grad is None for each in model.parameters()] == [True, True, False, False]


def test_attributes_are_replaced_and_deleted():
    module = nn.Linear(2, 3)
    module.bias = None
    assert list(module.state_dict()) == ["weight"] and module.bias is None
    assert module(nn.tensor(np.ones((1, 2), np.float32))).shape == (1, 3)
    module.bias = nn.Parameter(np.zeros(3, np.float32))
    assert list(module.state_dict()) == ["weight", "bias"]
    del module.bias
    with pytest.raises(AttributeError, match="Linear has no attribute 'bias'"):
        module.bias  # noqa: B018
    with pytest.raises(
        TypeError, match="Linear: weight is 'int'; expected a Parameter or a Module"
    ):
        module.weight = 3
    module.note = 3
    module.note = nn.ReLU()
    assert [name for name, _ in module.named_children()] == ["note"] and "note" not in vars(module)


def test_a_buffer_that_is_not_saved():
    module = nn.Module()
    module.register_buffer("seen", nn.tensor(np.zeros(1)), persistent=False)
    assert list(module.state_dict()) == [] and len(list(module.buffers())) == 1


def replaced_by_a_parameter(module, tensor):
    module.x = type(next(module.parameters()))(tensor)


def deleted_and_registered(module, tensor):
    del module.x
    module.register_parameter("x", type(next(module.parameters()))(tensor))


def registered_again(module, tensor):
    module.register_buffer("x", tensor)


@pytest.mark.parametrize(
    "change", [replaced_by_a_parameter, deleted_and_registered, registered_again]
)
def test_a_name_that_was_a_non_persistent_buffer_is_saved(change):
    for library, tensor in ((nn, nn.tensor(np.zeros(1))), (torch.nn, torch.zeros(1))):
        module = library.Linear(2, 3)
        module.register_buffer("x", tensor, persistent=False)
        assert "x" not in module.state_dict()
        change(module, tensor)
        assert "x" in module.state_dict()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: m.register_parameter("a.b", None), ValueError, "Module: name is 'a.b'"),
        (lambda m: m.register_buffer("train", None), KeyError, "name is 'train'; expected a name"),
        (
            lambda m: m.add_module("x", 1),
            TypeError,
            "Module: x is 'int'; expected a Module or None",
        ),
        (lambda m: m.train(1), ValueError, "Module: mode is 1; expected True or False"),
        (lambda m: m(1), NotImplementedError, "Module: forward is not defined"),
        (lambda m: m.to("tpu"), ValueError, "device is 'tpu'"),
        (lambda m: nn.Parameter(np.arange(3)), RuntimeError, "array.dtype is 'int64'; expected fl"),
    ],
)
def test_bad_input(call, error, message):
    module = nn.Module()
    module.register_buffer("own", nn.tensor(np.zeros(1)))
    with pytest.raises(error) as raised:
        call(module)
    assert message in str(raised.value)


def test_a_module_without_super_init_is_refused():
    class NoSuper(nn.Module):
        def __init__(self):
            self.conv = nn.Conv2d(1, 1, 1)

    with pytest.raises(AttributeError, match=r"NoSuper: call super\(\).__init__\(\) before"):
        NoSuper()


def test_to_converts_only_floats_and_keeps_the_tensor_objects():
    layer = nn.BatchNorm2d(2)
    before = list(layer.parameters())
    assert layer.double() is layer and layer.running_mean.dtype == np.float64
    assert layer.num_batches_tracked.dtype == np.int64
    assert all(a is b for a, b in zip(before, layer.parameters(), strict=True))
    assert layer.to(np.float32).weight.dtype == np.float32 == layer.float().weight.dtype


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(copied):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    other = copied(model)
    assert repr(other) == repr(model) and not np.shares_memory(
        other[0].weight.numpy(), model[0].weight.numpy()
    )
    x = nn.tensor(np.ones((1, 1, 4, 4), np.float32))
    np.testing.assert_array_equal(other(x).numpy(), model(x).numpy())
