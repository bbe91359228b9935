"""ReLU against PyTorch, on every rank and memory layout."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.activation import relu
from crosscheck.kernels.elementwise import unary
from crosscheck.kernels.launch import sanitized, wide_index

INF, NAN = float("inf"), float("nan")
DTYPES = [np.float32, np.float64]
SHAPES = [(), (1,), (0,), (7,), (3, 0, 2), (2, 3, 4, 5), (2, 1, 3, 1, 2, 2), (1000,)]
LAYOUTS = {
    "contiguous": lambda a: a,
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, ::-1, :, ::-1])[:, ::-1, :, ::-1],
    "cut out": lambda a: np.pad(a, 1)[1:-1, 1:-1, 1:-1, 1:-1],
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def integers(shape, dtype=np.float32, seed=0):
    return np.array(np.random.default_rng(seed).integers(-4, 5, shape)).astype(dtype)


def reference(x, dy):
    x = torch.from_numpy(np.array(x)).requires_grad_()
    y = torch.nn.functional.relu(x)
    y.backward(torch.from_numpy(np.array(dy)))
    return y.detach().numpy(), x.grad.numpy()


def same(actual, expected):
    """Equal to the bit: -0 is not 0."""
    np.testing.assert_array_equal(actual, expected, strict=True)
    np.testing.assert_array_equal(np.signbit(actual), np.signbit(expected))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_is_torchs(shape, dtype):
    x, dy = integers(shape, dtype), integers(shape, dtype, seed=1)
    y, dx = reference(x, dy)
    same(relu.forward(x), y)
    same(relu.input_gradient(dy, y), dx)


@pytest.mark.parametrize("dtype", DTYPES)
def test_nan_zeros_and_infinities_are_torchs(dtype):
    x = np.array([NAN, -NAN, 0.0, -0.0, INF, -INF, 1e-45, -1e-45], dtype)
    dy = np.arange(1, 9, dtype=dtype)
    y, dx = reference(x, dy)
    same(relu.forward(x), y)
    same(relu.input_gradient(dy, y), dx)


def test_nan_output_lets_the_gradient_pass_and_zero_stops_a_nan_gradient():
    dx = relu.input_gradient(np.array([5.0, NAN, NAN]), np.array([NAN, 0.0, 1.0]))
    same(dx, np.array([5.0, 0.0, NAN]))


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    x, dy = integers((1000,)), integers((1000,), seed=1)
    y, dx = reference(x, dy)
    with mode():
        same(relu.forward(x), y)
        same(relu.input_gradient(dy, y), dx)


@layouts
def test_any_layout_in(layout):
    x, dy = integers((2, 3, 4, 6)), integers((2, 3, 4, 6), seed=1)
    y, dx = reference(x, dy)
    same(relu.forward(layout(x)), y)
    same(relu.input_gradient(layout(dy), y), dx)
    same(relu.input_gradient(dy, layout(y)), dx)


@layouts
def test_every_element_of_any_out_is_written(layout):
    x, dy = integers((2, 3, 4, 6)), integers((2, 3, 4, 6), seed=1)
    y, dx = reference(x, dy)
    out = layout(np.full_like(x, NAN))
    assert relu.forward(x, out=out) is out
    same(out, y)
    out = layout(np.full_like(x, NAN))
    assert relu.input_gradient(dy, layout(y), out=out) is out
    same(out, dx)


def test_out_leaves_the_gaps_between_its_elements_alone():
    whole = np.full((3, 8), np.float32(7))
    relu.forward(integers((3, 4)), out=whole[:, ::2])
    assert (whole[:, 1::2] == 7).all()


@pytest.mark.parametrize("order", ["contiguous", "channels_last", "transposed"])
def test_output_keeps_the_memory_order(order):
    x = LAYOUTS[order](integers((2, 3, 4, 5)))
    assert relu.forward(x).strides == x.strides


@pytest.mark.parametrize("order", ["contiguous", "channels_last", "transposed"])
def test_dense_input_is_viewed_not_copied(order, monkeypatch):
    seen = []

    class Spy:
        def forall(self, _):
            return lambda *arguments: seen.extend(arguments)

    monkeypatch.setattr(unary, "build", lambda function: Spy())
    x = LAYOUTS[order](integers((2, 3, 4, 5)))
    y = relu.forward(x)
    assert np.shares_memory(seen[0], x) and np.shares_memory(seen[1], y)


def test_in_place():
    x = integers((4, 5))
    expected = np.maximum(x, 0)
    assert relu.forward(x, out=x) is x
    same(x, expected)


def test_inputs_are_not_written():
    x, dy = integers((4, 5)), integers((4, 5), seed=1)
    kept = x.copy(), dy.copy()
    relu.input_gradient(dy, x)
    relu.forward(x)
    same(x, kept[0])
    same(dy, kept[1])


A = np.zeros((2, 3))


class Refuses:
    def forall(self, _):
        raise AssertionError("a kernel was launched")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0],), TypeError, "input is 'builtins.list'; expected a NumPy or CuPy array"),
        ((A.astype(np.int32),), TypeError, "input.dtype is 'int32'; expected float32, float64"),
        ((A.astype(bool),), TypeError, "input.dtype is 'bool'; expected float32, float64"),
    ],
)
def test_bad_input_raises_before_any_launch(arguments, error, message, monkeypatch):
    monkeypatch.setattr(unary, "build", lambda function: Refuses())
    with pytest.raises(error) as raised:
        relu.forward(*arguments)
    assert f"relu: {message}" in str(raised.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (dict(out=A[:1]), ValueError, "out.shape is (1, 3); expected (2, 3)"),
        (dict(out=A.astype(np.float32)), TypeError, "out.dtype is 'float32'; expected float64"),
        (dict(algorithm="fast"), ValueError, "algorithm is 'fast'; expected None or one of"),
        (dict(output=A[:1]), ValueError, "output.shape is (1, 3); expected (2, 3)"),
        (dict(output=A.astype(np.float32)), TypeError, "output.dtype is 'float32'; expected"),
        (dict(grad_output=None), TypeError, "grad_output is 'builtins.NoneType'; expected"),
    ],
)
def test_bad_gradient_raises_before_any_launch(options, error, message, monkeypatch):
    monkeypatch.setattr(unary, "build", lambda function: Refuses())
    with pytest.raises(error) as raised:
        relu.input_gradient(**dict(grad_output=A, output=A) | options)
    assert f"relu input_gradient: {message}" in str(raised.value)
