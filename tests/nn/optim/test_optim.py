"""`nn.optim` against `torch.optim`: signatures, 20 steps, groups, saving and loading."""

import inspect
import pickle
from contextlib import nullcontext

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels.optimizer import sgd

OPTIMIZERS = {
    "SGD": dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": dict(lr=0.1, weight_decay=0.1, amsgrad=True),
    "AdamW": dict(lr=0.1, maximize=True),
    "RMSprop": dict(lr=0.1, momentum=0.9, centered=True, weight_decay=0.1),
    "Adadelta": dict(lr=0.5, weight_decay=0.1),
    "Adagrad": dict(lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2, maximize=True),
    "NAdam": dict(lr=0.1, weight_decay=0.1, decoupled_weight_decay=True),
}
each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS.items(), ids=OPTIMIZERS.keys())

FUSED = [  # those of which torch has a fused implementation, and an argument for it
    name
    for name in OPTIMIZERS
    if "fused" in inspect.signature(getattr(torch.optim, name)).parameters
]


@pytest.fixture(autouse=True)
def counts_in_float64():
    """NAdam of PyTorch keeps a product of numbers in its default dtype; ours is of float64."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def numbers(at, shape=(3, 4)):
    return np.random.default_rng(at).standard_normal(shape)


def make(at=0):
    return nn.tensor(numbers(at), requires_grad=True)


def advance(optimizer, parameters, steps, start=0):
    for at in range(start, start + steps):
        for i, parameter in enumerate(parameters):
            gradient = numbers(1000 + 10 * at + i)
            as_torch = isinstance(parameter, torch.Tensor)
            parameter.grad = torch.from_numpy(gradient) if as_torch else nn.tensor(gradient)
        optimizer.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_signature_is_torchs(name):
    ours = inspect.signature(getattr(nn.optim, name)).parameters
    theirs = inspect.signature(getattr(torch.optim, name)).parameters
    assert [(p.name, p.default, p.kind) for p in ours.values()] == [
        (p.name, p.default, p.kind) for p in theirs.values()
    ]


@each
def test_20_steps_of_two_groups_are_torchs(name, options):
    mine, theirs = (
        [make(0), make(1)],
        [torch.nn.Parameter(torch.tensor(numbers(i))) for i in (0, 1)],
    )
    for module, parameters in ((nn.optim, mine), (torch.optim, theirs)):
        groups = [{"params": parameters[:1]}, {"params": parameters[1], "lr": 0.01}]
        optimizer = getattr(module, name)(groups, **options)
        advance(optimizer, parameters, 20)
    for ours, expected in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(ours.numpy(), expected.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "options"),
    [each for each in OPTIMIZERS.items() if each[0] != "RMSprop"],  # there PyTorch has no buffer
)
def test_momentum_switched_off_and_on_is_torchs(name, options):
    mine, theirs = make(), torch.nn.Parameter(torch.tensor(numbers(0)))
    for module, parameter in ((nn.optim, mine), (torch.optim, theirs)):
        optimizer = getattr(module, name)([parameter], **options)
        for start, change in enumerate((dict(nesterov=False, momentum=0.0), dict(momentum=0.5))):
            optimizer.param_groups[0].update(change)
            advance(optimizer, [parameter], 2, 2 * start)
    np.testing.assert_allclose(mine.numpy(), theirs.detach().numpy(), rtol=1e-12)


@each
def test_resuming_from_a_saved_state_gives_the_same_bits(name, options):
    whole, half = make(), make()
    cls = getattr(nn.optim, name)
    advance(cls([whole], **options), [whole], 6)
    optimizer = cls([half], **options)
    advance(optimizer, [half], 3)
    saved = pickle.loads(pickle.dumps(optimizer.state_dict()))
    resumed = cls([half], lr=5.0)
    resumed.load_state_dict(saved)
    assert resumed.param_groups[0]["lr"] == options["lr"]
    advance(resumed, [half], 3, 3)
    np.testing.assert_array_equal(half.numpy(), whole.numpy())


def test_a_loaded_state_is_a_copy():
    parameter = make()
    first = nn.optim.SGD([parameter], momentum=0.9)
    advance(first, [parameter], 1)
    second = nn.optim.SGD([parameter], momentum=0.9)
    second.load_state_dict(first.state_dict())
    kept = first.state[parameter]["momentum_buffer"].numpy().copy()
    advance(second, [parameter], 1)
    np.testing.assert_array_equal(first.state[parameter]["momentum_buffer"].numpy(), kept)


def test_a_refused_state_changes_nothing():
    small = nn.tensor(np.ones(2), requires_grad=True)
    saving = nn.optim.Adam([small])
    small.grad = small.detach()
    saving.step()
    optimizer = nn.optim.Adam([make()], lr=0.5)
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=r"Adam: exp_avg.shape is \(2,\); expected \(3, 4\)"):
        optimizer.load_state_dict(saving.state_dict())
    with pytest.raises(ValueError, match=r"sizes of param_groups is \[2\]; expected \[1\]"):
        optimizer.load_state_dict(nn.optim.Adam([make(), make()]).state_dict())
    assert optimizer.state_dict() == before


def test_a_parameter_without_gradient_is_unchanged():
    parameters = make(0), make(1)
    optimizer = nn.optim.Adam(parameters)
    parameters[0].grad = nn.tensor(numbers(5))
    optimizer.step()
    np.testing.assert_array_equal(parameters[1].numpy(), numbers(1))
    assert parameters[1] not in optimizer.state


def test_zero_grad():
    parameter = make()
    optimizer = nn.optim.SGD([parameter])
    for set_to_none in (False, True):
        parameter.grad = nn.tensor(numbers(5))
        optimizer.zero_grad(set_to_none)
        assert parameter.grad is None if set_to_none else (parameter.grad.numpy() == 0).all()


def test_closure_is_called_before_the_step():
    parameter = make()
    before = parameter.numpy().copy()

    def closure():
        np.testing.assert_array_equal(parameter.numpy(), before)
        parameter.grad = nn.tensor(np.ones((3, 4)))
        return "loss"

    assert nn.optim.SGD([parameter], lr=1).step(closure) == "loss"
    np.testing.assert_array_equal(parameter.numpy(), before - 1)


def test_repr_is_torchs():
    def shown(module, parameter):
        text = repr(module.SGD([parameter], lr=0.1, momentum=0.9))
        unknown = ("foreach", "differentiable", "fused")
        return [line for line in text.splitlines() if line.split(":")[0].strip() not in unknown]

    assert shown(nn.optim, make()) == shown(torch.optim, torch.nn.Parameter(torch.ones(1)))


@pytest.mark.parametrize("name", FUSED)
@pytest.mark.parametrize("foreach", [None, False, True])
@pytest.mark.parametrize("fused", [None, False, True])
def test_foreach_and_fused_exclude_each_other(name, foreach, fused):
    parameters = make(), torch.nn.Parameter(torch.ones(1))
    for module, parameter in zip((nn.optim, torch.optim), parameters, strict=True):
        refused = (
            pytest.raises(RuntimeError, match="foreach") if foreach and fused else nullcontext()
        )
        with refused:
            getattr(module, name)([parameter], foreach=foreach, fused=fused)


@each
def test_foreach_fused_and_neither_give_the_same_bits(name, options):
    results = []
    fused = [dict(fused=True)] if name in FUSED else []
    for chosen in (dict(), dict(foreach=False), dict(foreach=True), *fused):
        parameters = [make(0), nn.tensor(numbers(1, (5000,)), requires_grad=True)]
        optimizer = getattr(nn.optim, name)(parameters, **options, **chosen)
        for at in range(3):
            parameters[0].grad = nn.tensor(numbers(at))
            parameters[1].grad = nn.tensor(numbers(at, (5000,))) if at != 1 else None
            optimizer.step()
        results.append([each.numpy() for each in parameters])
    for one in results[1:]:
        for found, expected in zip(one, results[0], strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("foreach, launches", [(True, {"foreach": 1}), (False, {"direct": 2})])
def test_foreach_is_one_launch(foreach, launches, monkeypatch):
    found = {}

    def counted(name, kernel):
        launch = kernel._launch

        def counting(*given):
            found[name] = found.get(name, 0) + 1
            launch(*given)

        monkeypatch.setattr(kernel, "_launch", counting)

    counted("foreach", sgd.foreach_kernel)
    counted("direct", sgd.step_kernel)
    parameters = make(0), make(1)
    for each in parameters:
        each.grad = nn.tensor(numbers(2))
    nn.optim.SGD(parameters, foreach=foreach).step()
    assert found == launches


NOT_A_LEAF = nn.functional.relu(nn.tensor(np.ones((1, 2, 2)), requires_grad=True))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: nn.optim.SGD([p], lr=-1), ValueError, "SGD: lr is -1; expected a number"),
        (lambda p: nn.optim.SGD([p], momentum=-1), ValueError, "SGD: momentum is -1"),
        (lambda p: nn.optim.SGD([p], nesterov=True), ValueError, "SGD: nesterov is True"),
        (lambda p: nn.optim.SGD([p], differentiable=True), NotImplementedError, "SGD: different"),
        (lambda p: nn.optim.Adam([p], betas=(0.9, 1)), ValueError, "Adam: betas is 1; expected"),
        (lambda p: nn.optim.AdamW([p], eps=-1), ValueError, "AdamW: eps is -1"),
        (lambda p: nn.optim.AdamW([p], capturable=True), NotImplementedError, "AdamW: capturable"),
        (lambda p: nn.optim.SGD(p), TypeError, "SGD: params is 'a Tensor'; expected an iterable"),
        (lambda p: nn.optim.SGD([]), ValueError, "SGD: params is []; expected at least one"),
        (lambda p: nn.optim.SGD([{"params": {p}}]), TypeError, "SGD: params is 'a set'"),
        (lambda p: nn.optim.SGD([1]), TypeError, "SGD: params is 'int'; expected tensors"),
        (lambda p: nn.optim.SGD([p, p]), ValueError, "SGD: params is 'a parameter given twice'"),
        (
            lambda p: nn.optim.SGD([{"params": [p]}, {"params": [p]}]),
            ValueError,
            "SGD: params is 'a parameter given twice'",
        ),
        (lambda p: nn.optim.SGD([NOT_A_LEAF]), ValueError, "SGD: params is '<relu>'; expected"),
        (
            lambda p: nn.optim.SGD([{"params": [p], "lr": -1}]),
            ValueError,
            "SGD: lr is -1; expected a number of at least 0",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call(make())
    assert message in str(raised.value)
