"""Initial values: the distributions of `torch.nn.init` and of PyTorch's layers, from one seed."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from crosscheck import nn
from crosscheck.nn import init


def filled(function, *arguments, shape=(60, 20, 5, 5), **options):
    nn.manual_seed(0)
    tensor = nn.tensor(np.full(shape, np.nan))
    assert function(tensor, *arguments, **options) is tensor
    return tensor.numpy().ravel()


def drawn(name, *arguments, shape=(60, 20, 5, 5), **options):
    torch.manual_seed(0)
    return getattr(torch.nn.init, name)(torch.empty(shape), *arguments, **options).numpy().ravel()


CASES = [
    ("uniform_", (-1.0, 3.0), {}),
    ("normal_", (1.0, 2.0), {}),
    ("kaiming_uniform_", (), dict(a=math.sqrt(5))),
    ("kaiming_uniform_", (), dict(mode="fan_out", nonlinearity="relu")),
    ("kaiming_normal_", (), {}),
    ("xavier_uniform_", (), dict(gain=2.0)),
    ("xavier_normal_", (), {}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), CASES)
def test_distribution_is_torchs(name, arguments, options):
    ours = filled(getattr(init, name), *arguments, **options)
    theirs = drawn(name, *arguments, **options)
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-3  # the seeds are fixed: no chance involved
    assert stats.ks_2samp(ours * 1.05, theirs).pvalue < 1e-3  # and it notices 5 % more width


@pytest.mark.parametrize(
    ("name", "arguments"), [("Conv2d", (20, 600, 3)), ("Linear", (180, 600)), ("Linear", (0, 3))]
)
def test_initial_layers_are_torchs(name, arguments):
    nn.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = getattr(nn, name)(*arguments), getattr(torch.nn, name)(*arguments)
    for mine, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        expected = expected.detach().numpy()
        if expected.size < 100:
            np.testing.assert_array_equal(mine.numpy(), expected)
            continue
        assert stats.ks_2samp(mine.numpy().ravel(), expected.ravel()).pvalue > 1e-3
        bound = 1 / math.sqrt(180)
        assert 0.98 * bound < abs(mine.numpy()).max() <= bound * (1 + 1e-6)


def test_initial_batch_norm_is_torchs():
    for mine, expected in zip(
        nn.BatchNorm2d(3).state_dict().values(),
        torch.nn.BatchNorm2d(3).state_dict().values(),
        strict=True,
    ):
        np.testing.assert_array_equal(mine.numpy(), expected.numpy())


def test_the_seed_decides_everything():
    def weights(seed):
        nn.manual_seed(seed)
        return [p.numpy() for _ in range(2) for p in nn.Linear(3, 4).parameters()]

    first, again, other = weights(1), weights(1), weights(2)
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not any((a == b).any() for a, b in zip(first, other, strict=True))
    assert not (first[0] == first[2]).any()  # two layers differ


def test_constants_and_gains():
    assert (filled(init.constant_, 2.5) == 2.5).all()
    assert (filled(init.ones_) == 1).all() and (filled(init.zeros_) == 0).all()
    for name, param in (("relu", None), ("leaky_relu", 0.3), ("leaky_relu", None), ("tanh", None)):
        assert init.calculate_gain(name, param) == torch.nn.init.calculate_gain(name, param)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: init.kaiming_uniform_(t), "init: tensor.shape is (3,); expected at least 2"),
        (lambda t: init.calculate_gain("x"), "calculate_gain: nonlinearity is 'x'; expected one"),
        (lambda t: init.kaiming_normal_(t, mode="x"), "kaiming: mode is 'x'; expected"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError) as raised:
        call(nn.tensor(np.ones(3)))
    assert message in str(raised.value)
