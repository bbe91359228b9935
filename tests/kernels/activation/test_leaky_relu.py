"""leaky_relu against PyTorch: kernels, tensors in place and not, modules, and inside PyTorch."""

import copy

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.kernels.activation import leaky_relu
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.nn import torch_ops

INF, NAN = float("inf"), float("nan")
SLOPES = [0.25, 0.0, 1.0, -0.5]
slopes = pytest.mark.parametrize("slope", SLOPES)


def integers(shape, dtype=np.float32, seed=0):
    return np.array(np.random.default_rng(seed).integers(-4, 5, shape)).astype(dtype)


def reference(x, dy, slope):
    x = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.nn.functional.leaky_relu(x, slope)
    y.backward(torch.from_numpy(dy.copy()))
    return y.detach().numpy(), x.grad.numpy()


def same(actual, expected):
    """Equal to the bit: -0 is not 0."""
    np.testing.assert_array_equal(actual, expected, strict=True)
    np.testing.assert_array_equal(np.signbit(actual), np.signbit(expected))


@slopes
@pytest.mark.parametrize("shape", [(), (1,), (0,), (3, 0, 2), (2, 3, 4, 5), (1000,)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_torchs(shape, dtype, slope):
    x, dy = integers(shape, dtype), integers(shape, dtype, seed=1)
    y, dx = reference(x, dy, slope)
    same(leaky_relu.forward(x, slope), y)
    same(leaky_relu.input_gradient(dy, x, slope), dx)


@slopes
def test_nan_zeros_and_infinities_are_torchs(slope):
    x = np.array([NAN, -NAN, 0.0, -0.0, INF, -INF, 1e-45, -1e-45], np.float32)
    dy = np.array([1, -2, 3, -4, INF, 6, NAN, NAN], np.float32)
    y, dx = reference(x, dy, slope)
    np.testing.assert_array_equal(leaky_relu.forward(x, slope), y)
    np.testing.assert_array_equal(leaky_relu.input_gradient(dy, x, slope), dx)


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    x, dy = integers((1000,)), integers((1000,), seed=1)
    y, dx = reference(x, dy, 0.25)
    with mode():
        same(leaky_relu.forward(x, 0.25), y)
        same(leaky_relu.input_gradient(dy, x, 0.25), dx)


def test_any_strides_and_in_place():
    x = integers((2, 3, 4, 6))
    turned, out = np.asfortranarray(x), np.full((2, 3, 4, 12), NAN, np.float32)[..., ::2]
    y, dx = reference(x, x, 0.5)
    assert leaky_relu.forward(turned, 0.5).strides == turned.strides
    assert leaky_relu.forward(turned, 0.5, out=out) is out
    same(out, y)
    same(leaky_relu.input_gradient(turned, x, 0.5), dx)
    assert leaky_relu.forward(x, 0.5, out=x) is x
    same(x, y)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: leaky_relu.forward(x, "1"), TypeError, "leaky_relu: negative_slope is '1'; exp"),
        (lambda x: leaky_relu.forward(x.astype(int)), TypeError, "leaky_relu: input.dtype is 'int"),
        (
            lambda x: leaky_relu.input_gradient(x, x[:1]),
            ValueError,
            "leaky_relu input_gradient: input.shape is (1,); expected (3,)",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call(np.ones(3))
    assert message in str(raised.value)


def through_tape(function, tensor, x, slope, **how):
    leaf = tensor(x)
    y = function(leaf * 2, slope, **how)
    y.backward(tensor(np.arange(1.0, 7)))
    return leaf.grad


@pytest.mark.parametrize("slope", [0.25, 0.0, 1.0])
@pytest.mark.parametrize("inplace", [False, True])
def test_the_tape_in_place_and_not(slope, inplace):
    x = np.array([-3.0, -1, 0, 2, NAN, 4])
    ours = through_tape(F.leaky_relu, lambda a: nn.tensor(a, True), x, slope, inplace=inplace)
    for function in (torch.nn.functional.leaky_relu, torch_ops.leaky_relu):
        theirs = through_tape(
            function, lambda a: torch.tensor(a, requires_grad=True), x, slope, inplace=inplace
        )
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_in_place_overwrites_and_returns_the_input():
    for function, x in (
        (F.leaky_relu, nn.tensor(np.array([-4.0, 2]))),
        (torch_ops.leaky_relu, torch.tensor([-4.0, 2])),
    ):
        assert function(x, -0.5, inplace=True) is x
        assert x.numpy().tolist() == [2, 2]


def test_in_place_the_gradient_of_a_slope_below_0_would_need_lost_signs():
    leaf = torch.tensor([1.0], requires_grad=True)
    with pytest.raises(RuntimeError):  # PyTorch says so in the backward pass
        torch.nn.functional.leaky_relu(leaf * 1, -0.5, inplace=True).backward()
    message = "leaky_relu: negative_slope is -0.5; expected a number of at least 0"
    with pytest.raises(RuntimeError, match=message):
        torch_ops.leaky_relu(leaf * 1, -0.5, inplace=True)
    with pytest.raises(RuntimeError, match=message):
        F.leaky_relu(nn.tensor(np.ones(1), True) * 1, -0.5, inplace=True)
    with torch.no_grad():
        torch_ops.leaky_relu(leaf * 1, -0.5, inplace=True)
    with nn.no_grad():
        F.leaky_relu(nn.tensor(np.ones(1), True) * 1, -0.5, inplace=True)


def test_a_leaf_that_requires_grad_cannot_be_overwritten():
    with pytest.raises(RuntimeError, match="leaf Variable"):
        F.leaky_relu(nn.tensor(np.ones(2), True), inplace=True)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        torch_ops.leaky_relu(torch.ones(2, requires_grad=True), inplace=True)


@pytest.mark.parametrize("options", [{}, {"negative_slope": 0.2}, {"inplace": True}])
def test_the_module_is_torchs(options):
    ours, theirs = nn.LeakyReLU(**options), torch.nn.LeakyReLU(**options)
    assert repr(ours) == repr(theirs)
    x = integers((3, 4), np.float64)
    expected = theirs(torch.from_numpy(x.copy())).numpy()
    np.testing.assert_allclose(ours(nn.tensor(x)).numpy(), expected, rtol=1e-15)


@pytest.mark.parametrize("options", [{}, {"negative_slope": 0.2}, {"inplace": True}])
def test_replace_gives_a_model_ours(options):
    model = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.LeakyReLU(**options)).double()
    ours = copy.deepcopy(model)
    assert [layer.kind for layer in torch_ops.replace(ours).replaced] == ["Linear", "LeakyReLU"]
    assert type(ours[1]) is torch_ops.modules.LeakyReLU
    x = torch.from_numpy(integers((3, 4), np.float64))
    gradients = []
    for each in (model, ours):
        y = each(x)
        gradients.append((y, *torch.autograd.grad(y.sin().sum(), list(each.parameters()))))
    for their, our in zip(*gradients, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12)
