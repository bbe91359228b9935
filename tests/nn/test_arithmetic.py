"""The operators of tensors against PyTorch's: values, gradients, and what they refuse."""

import numpy as np
import pytest
import torch

from crosscheck import nn


def integers(shape, seed):
    return np.array(np.random.default_rng(seed).integers(-4, 5, shape)).astype(np.float64)


EXPRESSIONS = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "-a": lambda a, b: -a * b,
    "a + 2": lambda a, b: (a + 2) * b,
    "2 + a": lambda a, b: (2 + a) * b,
    "a - 2.5": lambda a, b: (a - 2.5) * b,
    "2.5 - a": lambda a, b: (2.5 - a) * b,
    "3 * a": lambda a, b: 3 * a + b,
    "a * a": lambda a, b: a * a + a * b,
    "a += b": lambda a, b: a.__add__(b) + a,
    "alpha": lambda a, b: a.add(b, alpha=3).sub(b, alpha=0.5),
    "reshape": lambda a, b: (a * b).reshape(4, -1),
    "reshape of a tuple": lambda a, b: (a * b).reshape((-1,)) * 2,
    "flatten": lambda a, b: (a + b).flatten(),
    "flatten(1)": lambda a, b: (a + b).flatten(1),
    "flatten(0, 1)": lambda a, b: (a + b).flatten(0, 1),
    "flatten(-2)": lambda a, b: (a + b).flatten(-2, -1),
    "sum": lambda a, b: (a * b).sum(),
    "sum(dim)": lambda a, b: (a * b).sum((0, -1)),
    "sum(keepdim)": lambda a, b: (a * b).sum(1, keepdim=True) * a,
    "mean": lambda a, b: (a * b).mean(),
    "mean(dim)": lambda a, b: (a * b).mean(2) * 3,
    "residual": lambda a, b: (a + (a * b)).sum(0) * a,
}


@pytest.mark.parametrize("function", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_is_torchs(function):
    results = []
    for make in (
        lambda array: nn.tensor(array, requires_grad=True),
        lambda array: torch.from_numpy(array).requires_grad_(),
    ):
        a, b = make(integers((2, 3, 4), 0)), make(integers((3, 1), 1))
        y = function(a, b)
        gradient = integers(tuple(y.shape), 2)
        y.backward(gradient if isinstance(y, nn.Tensor) else torch.from_numpy(gradient))
        results.append([each.detach().numpy() for each in (y, a.grad, b.grad)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14, strict=True)


POWERS = {
    "a ** b": lambda a, b: (a * a + 1) ** b,
    "2.5 ** b": lambda a, b: a * 2.5**b,
    "a ** 3": lambda a, b: a**3 * b,
}


@pytest.mark.parametrize("function", POWERS.values(), ids=POWERS.keys())
def test_powers_are_torchs(function):
    results = []
    for make in (
        lambda array: nn.tensor(array, requires_grad=True),
        lambda array: torch.from_numpy(array).requires_grad_(),
    ):
        a, b = make(integers((2, 3, 4), 0)), make(integers((3, 1), 1))
        y = function(a, b)
        y.sum().backward()
        results.append([each.detach().numpy() for each in (y, a.grad, b.grad)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, strict=True)


@pytest.mark.parametrize("mode", ["floor", "trunc"])
def test_rounded_quotients_of_integers_are_integers(mode):
    a, b = np.array([7, -7, 7, -7, 6, 0]), np.array([2, 2, -2, -2, -3, 5])
    found = nn.div(nn.tensor(a), nn.tensor(b), rounding_mode=mode).numpy()
    expected = torch.div(torch.from_numpy(a), torch.from_numpy(b), rounding_mode=mode).numpy()
    np.testing.assert_array_equal(found, expected, strict=True)
    assert nn.div(nn.tensor([7, -7]), 2.5, rounding_mode=mode).dtype == np.float32
    with pytest.raises(RuntimeError, match="div: other is .*; expected integers other than 0"):
        nn.tensor([1]) // 0
    with pytest.raises(ValueError, match="div: rounding_mode is 'ceil'; expected None"):
        nn.div(nn.tensor([1.0]), 2, rounding_mode="ceil")
    with pytest.raises(ValueError, match="div: rounding_mode is 'ceil'; expected None"):
        nn.div(nn.tensor([1]), 2, rounding_mode="ceil")


def test_powers_of_integers_are_integers():
    found = nn.tensor([2, -3, 5]) ** nn.tensor([3, 2, 0])
    expected = torch.tensor([2, -3, 5]) ** torch.tensor([3, 2, 0])
    np.testing.assert_array_equal(found.numpy(), expected.numpy(), strict=True)
    mixed = 2 ** nn.tensor(np.array([0.5, -1], np.float32))
    assert mixed.dtype == np.float32 and mixed.numpy()[1] == 0.5
    with pytest.raises(ValueError, match=r"pow_tensor: exponent.shape is \(2,\); expected a shape"):
        nn.pow(nn.tensor([1.0, 2.0, 3.0]), nn.tensor([1.0, 2.0]))
    with pytest.raises(TypeError, match="pow_tensor: exponent is 'str'"):
        nn.pow(2, "3")


def test_nn_flatten_is_torchs():
    for shape in ((), (3,), (2, 0, 3), (2, 3, 4, 5)):
        expected = torch.flatten(torch.zeros(shape)).shape
        assert nn.flatten(nn.tensor(np.zeros(shape))).shape == tuple(expected)
    assert nn.flatten(nn.tensor(np.zeros((2, 3, 4))), 1).shape == (2, 12)


def test_a_number_takes_the_tensors_dtype():
    x = nn.tensor(np.ones(3, np.float32))
    assert (x * 0.1 + 1).dtype == (2.0 - x).dtype == np.float32


def test_reshape_shares_memory_and_its_gradient_does_not():
    x = nn.tensor(integers((2, 3), 0), requires_grad=True)
    assert np.shares_memory(x.reshape(6).numpy(), x.numpy())
    gradient = np.ones(6)
    x.reshape(6).backward(gradient)
    gradient[:] = 7
    assert (x.grad.numpy() == 1).all()


def test_both_gradients_of_a_sum_are_arrays_of_their_own():
    a, b = (nn.tensor(np.ones(3), requires_grad=True) for _ in range(2))
    (a + b).sum().backward()
    assert not np.shares_memory(a.grad.numpy(), b.grad.numpy())


def test_item():
    assert nn.tensor(np.array([[2.5]])).item() == 2.5 == float(nn.tensor(np.array(2.5)))
    with pytest.raises(ValueError, match=r"item: shape is \(2,\); expected one element"):
        nn.tensor(np.ones(2)).item()


def test_no_input_is_kept_alive_by_a_sum():
    x = nn.tensor(np.zeros((3, 4)), requires_grad=True)
    for y in (x + 1, x.sum(), x.reshape(12)):
        (edge,) = y.grad_fn.edges
        view = [cell.cell_contents for cell in getattr(edge.derivative, "__closure__", ())]
        saved = [*view, *getattr(edge.derivative, "bound", {}).values()]
        assert not any(isinstance(each, np.ndarray) for each in saved)


X = nn.tensor(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: X + nn.tensor(np.zeros(2)), ValueError, "add: other.shape is (2,); expected a"),
        (lambda: X + "a", TypeError, "unsupported operand"),
        (lambda: X * np.zeros((2, 3)), TypeError, "'Tensor' does not support ufuncs"),
        (lambda: np.zeros((2, 3)) * X, TypeError, "unsupported operand"),
        (lambda: X.add(np.zeros((2, 3))), TypeError, "add: other is 'ndarray'; expected an nn.Te"),
        (
            lambda: X.reshape(4),
            ValueError,
            "reshape: shape is (4,); expected a shape of 6 elements",
        ),
        (lambda: X.reshape(4, -1), ValueError, "reshape: shape is (4, -1); expected a shape of 6"),
        (lambda: X.reshape(-1, -1), ValueError, "reshape: shape is (-1, -1); expected no more"),
        (lambda: X.reshape(2.0), TypeError, "reshape: shape is 2.0; expected an integer"),
        (lambda: X.flatten(2), IndexError, "flatten: start_dim is 2; expected a dimension of -2"),
        (lambda: X.flatten(1, 0), ValueError, "flatten: start_dim is 1; expected no dimension"),
        (lambda: X.sum(2), IndexError, "sum: dim is 2; expected a dimension of -2 to 1"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
