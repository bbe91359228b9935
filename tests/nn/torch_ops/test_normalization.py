"""batch_norm as a layer of PyTorch: running statistics, in every mode, beside PyTorch's own."""

import copy

import pytest
import torch
import torch.nn.functional as TF
from torch import nn

from crosscheck.nn import torch_ops

KINDS = {
    "vectors": (nn.BatchNorm1d, (5, 3)),
    "rows": (nn.BatchNorm1d, (4, 3, 5)),
    "images": (nn.BatchNorm2d, (4, 3, 2, 5)),
    "volumes": (nn.BatchNorm3d, (3, 3, 2, 2, 3)),
    "nothing": (nn.BatchNorm2d, (0, 3, 2, 2)),
}
OPTIONS = {
    "plain": {},
    "momentum": {"momentum": 0.6, "eps": 0.3},
    "momentum None": {"momentum": None},
    "no bias": {"bias": False},
    "not affine": {"affine": False},
    "nothing tracked": {"track_running_stats": False},
}


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def layer(kind, **options):
    """A layer that is not at its start, where weight and bias do nothing."""
    norm = kind(3, **options).double()
    for seed, parameter in enumerate(norm.parameters()):
        nn.init.constant_(parameter, 0.5 + seed)
    return norm


def history(norm, shape):
    """Three steps of training and one of evaluation: outputs, gradients, buffers."""
    seen = []
    for step, training in enumerate((True, True, True, False)):
        x = random(*shape, seed=step).requires_grad_()
        y = norm.train(training)(3 * x + 2)
        gradients = torch.autograd.grad(y, [x, *norm.parameters()], random(*shape, seed=9))
        seen += [y, *gradients, *[buffer.clone() for buffer in norm.buffers()]]
    return seen


def assert_same(ours, theirs):
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize(("kind", "shape"), KINDS.values(), ids=KINDS)
def test_a_layer_trains_and_evaluates_as_torchs(kind, shape, options):
    theirs = layer(kind, **options)
    ours = copy.deepcopy(theirs)
    assert torch_ops.replace(ours).replaced and isinstance(ours, kind) and type(ours) is not kind
    assert_same(history(ours, shape), history(theirs, shape))


def test_a_layer_that_stops_tracking_keeps_what_it_has():
    theirs = layer(nn.BatchNorm1d)
    theirs.track_running_stats = False
    ours = copy.deepcopy(theirs)
    torch_ops.replace(ours)
    assert_same(history(ours, (5, 3)), history(theirs, (5, 3)))
    assert ours.running_mean.eq(0).all()


def test_a_layer_takes_only_its_own_number_of_dimensions():
    norm = layer(nn.BatchNorm2d)
    torch_ops.replace(norm)
    with pytest.raises(ValueError, match="expected 4D input"):
        norm(random(4, 3, 5))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("momentum", [0.3, None])
def test_one_graph_keeps_the_statistics(momentum, backend):
    torch._dynamo.reset()
    eager, shape = layer(nn.BatchNorm2d, momentum=momentum), (3, 3, 2, 4)
    torch_ops.replace(eager)
    ours = copy.deepcopy(eager)
    compiled = torch.compile(ours, backend=backend, fullgraph=True)
    assert_same(history(compiled, shape), history(eager, shape))


def test_the_variance_is_not_recovered_from_rstd():
    """Where eps hides the variance from rstd: 1e-12 beside 1e-5 leaves nothing in float32."""
    x = 1e-6 * random(50, 2, 3).float()
    mean, var = torch.zeros(2), torch.zeros(2)
    torch_ops.batch_norm(x, mean, var, training=True, momentum=1.0)
    torch.testing.assert_close(var, x.var((0, 2)), rtol=1e-5, atol=0)


def test_statistics_may_change_between_an_evaluation_and_its_gradients():
    norm, x = layer(nn.BatchNorm1d), random(4, 3).requires_grad_()
    torch_ops.replace(norm)
    expected = torch.autograd.grad(norm.eval()(x).sum(), [x, norm.weight])
    y = norm(x)
    norm.train()(x)
    assert_same(torch.autograd.grad(y.sum(), [x, norm.weight]), expected)


@pytest.mark.parametrize("training", [True, False])
def test_memory_order_of_the_input_is_kept(training):
    x = random(2, 3, 4, 5).to(memory_format=torch.channels_last)
    running = random(3), random(3) ** 2
    y = torch_ops.batch_norm(x, *running, training=training)
    assert y.stride() == x.stride()
    assert_same([y], [TF.batch_norm(x, random(3), random(3) ** 2, training=training)])


def test_autocast_keeps_statistics_of_float32():
    norm = nn.BatchNorm2d(3)
    torch_ops.replace(norm)
    x = random(2, 3, 4, 4).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = norm(x)
    assert (y.dtype, norm.running_mean.dtype) == (torch.bfloat16, torch.float32)
    torch.testing.assert_close(norm.running_mean, 0.1 * x.float().mean((0, 2, 3)))


X = torch.ones(2, 3, 4)
REFUSED = [
    (ValueError, "input.shape is (3,); expected at least 2", (X[0, :, 0], None, None), {}),
    (ValueError, "running_mean is None; expected an array where", (X, None, None), {}),
    (ValueError, "running_var is None; expected an array, as", (X, torch.ones(3), None), {}),
    (ValueError, "running_mean.shape is (1,); expected (3,)", (X, *torch.ones(2, 1)), {}),
    (TypeError, "momentum is None; expected a number", (X, None, None), {"momentum": None}),
    (ValueError, "eps is 0; expected a number above 0", (X, None, None), {"eps": 0}),
    (TypeError, "training is 1; expected True or False", (X, None, None), {"training": 1}),
    (ValueError, "more than 1 value per channel", (X[:1, :, :1], None, None), {}),
    (ValueError, "device of running_mean is 'meta'", (X, *torch.ones(2, 3, device="meta")), {}),
    (NotImplementedError, "running_mean.requires_grad is True",
     (X, *torch.ones(2, 3, requires_grad=True)), {}),
]  # fmt: skip


@pytest.mark.parametrize(("error", "message", "arguments", "options"), REFUSED)
def test_what_is_refused_changes_no_statistics(error, message, arguments, options):
    training = not message.endswith("where")
    with pytest.raises(error) as raised:
        torch_ops.batch_norm(*arguments, **{"training": training} | options)
    assert message in str(raised.value)
    assert all((each == 1).all() for each in arguments[1:] if each is not None and each.is_cpu)
