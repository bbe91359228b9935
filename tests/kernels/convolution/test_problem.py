"""What PyTorch takes is taken with PyTorch's shape; what it rejects is rejected before a launch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from crosscheck.kernels import convolution, launch
from crosscheck.kernels.convolution import problem

X, W, B, DY = (2, 4, 5, 6), (4, 2, 3, 3), (4,), (2, 4, 3, 4)  # with groups=2


@pytest.fixture
def launches(monkeypatch):
    """The kernels that were launched."""
    names = []
    start = launch.Kernel.__getitem__

    def record(kernel, configuration):
        names.append(kernel.__name__)
        return start(kernel, configuration)

    monkeypatch.setattr(launch.Kernel, "__getitem__", record)
    return names


def array(shape, dtype=np.float32):
    return np.ones(shape, dtype)


ACCEPTED = [
    (X, W, dict(groups=2)),
    (X, W, dict(groups=np.int64(2), stride=np.int32(2))),
    (X, W, dict(groups=2, stride=(2,), padding=[1], dilation=(1,))),
    (X, W, dict(groups=2, stride=[1, 3], padding=(2, 0), dilation=(1, 2))),
    (X, W, dict(groups=2, stride=2**31)),
    (X, W, dict(groups=2, stride=2**63 - 1)),
    (X, W, dict(groups=2, padding="valid", stride=2)),
    (X, W, dict(groups=2, padding="same", stride=(1,))),
    (X, (4, 2, 2, 4), dict(groups=2, padding="same", dilation=(3, 1))),
    (X, (4, 4, 1, 1), dict(dilation=2**62)),
    (X, (4, 4, 7, 8), dict(padding=1)),
    (X[1:], W, dict(groups=2)),
    ((0, 4, 5, 6), W, dict(groups=2, padding="same")),
    ((0, 4, 0, 6), W, dict(groups=2, padding=2)),
    ((2, 0, 5, 6), (4, 0, 3, 3), dict(groups=2)),
    ((2, 0, 0, 6), (4, 0, 3, 3), dict(padding=2)),
    ((0, 5, 6), (4, 0, 3, 3), {}),
]


@pytest.mark.parametrize(("x", "w", "options"), ACCEPTED)
def test_output_has_pytorchs_shape(x, w, options):
    plain = {
        name: int(value) if np.isscalar(value) and not isinstance(value, str) else value
        for name, value in options.items()
    }
    expected = tuple(F.conv2d(torch.ones(x), torch.ones(w), **plain).shape)
    assert convolution.forward(array(x), array(w), **options).shape == expected
    dy = array(expected)
    assert convolution.input_gradient(x, array(w), dy, **options).shape == x
    assert convolution.weight_gradient(array(x), w, dy, **options).shape == w


TWO = dict(groups=2)
REJECTED = [
    (dict(stride=0), ValueError, "stride is 0; expected an integer of at least 1"),
    (dict(stride=(1, -1)), ValueError, r"stride is \(1, -1\); expected integers of at least 1"),
    (dict(stride=(1, 1, 1)), ValueError, r"stride is \(1, 1, 1\); expected one integer or a pair"),
    (dict(stride=()), ValueError, r"stride is \(\); expected one integer or a pair"),
    (dict(stride=1.0), TypeError, "stride is 1.0; expected an integer"),
    (dict(stride=True), TypeError, "stride is True; expected an integer"),
    (dict(stride=None), TypeError, "stride is None; expected an integer"),
    (dict(stride="1"), TypeError, "stride is '1'; expected an integer"),
    (dict(stride=2**64), ValueError, f"stride is {2**64}; expected 64-bit integers"),
    (dict(padding=-1), ValueError, "padding is -1; expected an integer of at least 0"),
    (
        dict(padding=(0, 1, 0)),
        ValueError,
        r"padding is \(0, 1, 0\); expected one integer or",
    ),
    (dict(padding="SAME"), ValueError, "padding is 'SAME'; expected integers, 'valid' or 'same'"),
    (dict(padding="same", stride=2), ValueError, r"stride is \(2, 2\); expected \(1, 1\) with pad"),
    (dict(padding="same", stride=(1, 2)), ValueError, r"stride is \(1, 2\); expected \(1, 1\)"),
    (dict(dilation=0), ValueError, "dilation is 0; expected an integer of at least 1"),
    (dict(dilation=(1, 2.0)), TypeError, r"dilation is \(1, 2.0\); expected integers"),
    (
        dict(dilation=3),
        ValueError,
        r"filter of .* is \(3, 3\); expected at most \(5, 6\)",
    ),
    (dict(groups=0), ValueError, "groups is 0; expected an integer of at least 1"),
    (dict(groups=-2), ValueError, "groups is -2; expected an integer of at least 1"),
    (dict(groups=1.0), TypeError, "groups is 1.0; expected an integer"),
    (dict(groups=True), TypeError, "groups is True; expected an integer"),
    (dict(groups=1), ValueError, r"is \(2, 4, 5, 6\); expected 2 channels, 2 of .* x groups=1"),
    (
        dict(groups=3),
        ValueError,
        r"is \(4, 2, 3, 3\); expected a first dimension that div",
    ),
]


@pytest.mark.parametrize(("options", "error", "message"), REJECTED)
def test_bad_options_launch_nothing(options, error, message, launches):
    options = {**TWO, **options}
    with pytest.raises((TypeError, ValueError, RuntimeError)):
        F.conv2d(torch.ones(X), torch.ones(W), **options)
    with pytest.raises(error, match=f"^conv2d: .*{message}"):
        convolution.forward(array(X), array(W), **options)
    with pytest.raises(error, match=f"^conv2d input_gradient: .*{message}"):
        convolution.input_gradient(X, array(W), array(DY), **options)
    with pytest.raises(error, match=f"^conv2d weight_gradient: .*{message}"):
        convolution.weight_gradient(array(X), W, array(DY), **options)
    assert not launches


SHAPES = [
    ((4, 5), W, r"input.shape is \(4, 5\); expected 3 or 4 dimensions"),
    ((1, *X), W, r"input.shape is \(1, 2, 4, 5, 6\); expected .*4 dimensions"),
    (X, W[1:], r"weight.shape is \(2, 3, 3\); expected 4 dimensions"),
    (X[1:], W[1:], r"weight.shape is \(2, 3, 3\); expected 4 dimensions"),
    (X, (0, 2, 3, 3), r"weight.shape is \(0, 2, 3, 3\); expected at least 2 in dimension 0"),
    (X, (4, 2, 0, 3), r"weight.shape is \(4, 2, 0, 3\); expected at least 1 in dimension 2"),
    (X, (4, 2, 3, 0), r"weight.shape is \(4, 2, 3, 0\); expected at least 1 in dimension 3"),
    (X, (3, 2, 3, 3), r"weight.shape is \(3, 2, 3, 3\); expected a first dimension that divides"),
    (X, (4, 4, 3, 3), r"input.shape is \(2, 4, 5, 6\); expected 8 channels, 4 of weight.shape x"),
    ((2, 0, 5, 6), W, r"input.shape is \(2, 0, 5, 6\); expected 4 channels"),
    (X, (4, 0, 3, 3), r"input.shape is \(2, 4, 5, 6\); expected 0 channels"),
    (X, (4, 2, 6, 3), r"filter of weight.shape is \(6, 3\); expected at most \(5, 6\), the padded"),
    ((0, 4, 5, 6), (4, 2, 6, 3), r"filter of weight.shape is \(6, 3\); expected at most \(5, 6\)"),
    (
        (2, 4, 0, 6),
        W,
        r"input.shape is \(2, 4, 0, 6\); expected rows and columns, unless",
    ),
]


@pytest.mark.parametrize(("x", "w", "message"), SHAPES)
def test_bad_shapes_launch_nothing(x, w, message, launches):
    with pytest.raises((RuntimeError, IndexError)):
        F.conv2d(torch.ones(x), torch.ones(w), groups=2)
    with pytest.raises(ValueError, match=f"^conv2d: .*{message}"):
        convolution.forward(array(x), array(w), groups=2)
    assert not launches


@pytest.mark.parametrize("x", [(2, 4, 0, 6), (2, 4, 5, 0), (4, 0, 0)])
def test_padding_makes_no_image_out_of_nothing(x, launches):
    with pytest.raises(RuntimeError):
        F.conv2d(torch.ones(x), torch.ones(W), padding=2, groups=2)
    with pytest.raises(ValueError, match="expected rows and columns, unless the batch or"):
        convolution.forward(array(x), array(W), padding=2, groups=2)
    assert not launches


@pytest.mark.parametrize("shape", [(), (1,), (5,), (4, 1)])
def test_bias_has_one_number_for_each_filter(shape, launches):
    with pytest.raises(RuntimeError):
        F.conv2d(torch.ones(X), torch.ones(W), torch.ones(shape), groups=2)
    with pytest.raises(ValueError, match="conv2d: bias.shape is "):
        convolution.forward(array(X), array(W), array(shape), groups=2)
    assert not launches


@pytest.mark.parametrize(
    ("name", "expected"),
    [("weight", "float32, the dtype of input"), ("bias", "float32, the dtype of input")],
)
def test_mixed_dtypes(name, expected, launches):
    arrays = dict(weight=array(W), bias=array(B))
    arrays[name] = arrays[name].astype(np.float64)
    with pytest.raises(TypeError, match=f"conv2d: {name}.dtype is 'float64'; expected {expected}"):
        convolution.forward(array(X), **arrays, groups=2)
    assert not launches


@pytest.mark.parametrize("dtype", [np.int64, np.complex64, bool])
def test_other_dtypes(dtype, launches):
    name = np.dtype(dtype).name
    with pytest.raises(TypeError, match=f"input.dtype is '{name}'; expected float32, float64"):
        convolution.forward(array(X, dtype), array(W, dtype), groups=2)
    assert not launches


@pytest.mark.parametrize("value", [[[1.0]], None, 3, torch.ones(X)])
def test_only_arrays(value, launches):
    with pytest.raises(TypeError, match="input is .*; expected a NumPy or CuPy array"):
        convolution.forward(value, array(W), groups=2)
    assert not launches


BAD_SIZES = [
    ((5, 6), ValueError, r"_size is \(5, 6\); expected .*4 dimensions"),
    ((2, 4, -5, 6), ValueError, r"_size\[2\] is -5; expected an integer of at least 0"),
    ((2, 4, 5.0, 6), TypeError, r"_size\[2\] is 5.0; expected an integer of at least 0"),
    (5, TypeError, "_size is 5; expected a sequence of integers"),
    ("2456", TypeError, "_size is '2456'; expected a sequence of integers"),
]


@pytest.mark.parametrize(("size", "error", "message"), BAD_SIZES)
def test_bad_sizes(size, error, message, launches):
    with pytest.raises(error, match="input" + message):
        convolution.input_gradient(size, array(W), array(DY), groups=2)
    with pytest.raises(error, match="weight" + message):
        convolution.weight_gradient(array(X), size, array(DY), groups=2)
    assert not launches


@pytest.mark.parametrize("size", [list(X), torch.Size(X), X])
def test_a_size_is_any_sequence(size):
    assert convolution.input_gradient(size, array(W), array(DY), groups=2).shape == X


@pytest.mark.parametrize("shape", [(2, 4, 3, 3), (2, 4, 4, 4), (3, 4, 3, 4), (2, 2, 3, 4)])
def test_grad_output_has_the_outputs_shape(shape, launches):
    message = r"grad_output.shape is \(.*\); expected \(2, 4, 3, 4\)"
    with pytest.raises(ValueError, match="conv2d input_gradient: " + message):
        convolution.input_gradient(X, array(W), array(shape), groups=2)
    with pytest.raises(ValueError, match="conv2d weight_gradient: " + message):
        convolution.weight_gradient(array(X), W, array(shape), groups=2)
    assert not launches


def test_grad_output_has_the_inputs_rank(launches):
    with pytest.raises(
        ValueError, match=r"grad_output.shape is \(4, 3, 4\); expected \(2, 4, 3, 4\)"
    ):
        convolution.input_gradient(X, array(W), array(DY[1:]), groups=2)
    with pytest.raises(
        ValueError, match=r"grad_output.shape is \(2, 4, 3, 4\); expected \(4, 3, 4\)"
    ):
        convolution.weight_gradient(array(X[1:]), W, array(DY), groups=2)
    with pytest.raises(ValueError, match=r"grad_output.shape is \(3, 4\); expected 3 or 4 dim"):
        convolution.bias_gradient(array(DY[2:]))
    assert not launches


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (array((2, 4, 3, 3)), ValueError, r"out.shape is \(2, 4, 3, 3\); expected \(2, 4, 3, 4\)"),
        (array(DY, np.float64), TypeError, "out.dtype is 'float64'; expected float32"),
        ([1.0], TypeError, "out is 'builtins.list'; expected a NumPy or CuPy array"),
    ],
)
def test_bad_out_launches_nothing(out, error, message, launches):
    with pytest.raises(error, match="conv2d: " + message):
        convolution.forward(array(X), array(W), groups=2, out=out)
    assert not launches


def test_empty_output_launches_nothing(launches):
    assert convolution.forward(array((0, 4, 5, 6)), array(W), groups=2).size == 0
    assert not launches


def test_same_pads_the_odd_one_at_the_end():
    sizes = ("input.shape", X), ("weight.shape", (4, 4, 2, 4))
    this = problem.create("conv2d", *sizes, 1, "same", (3, 1), 1)
    assert this.padding == (1, 2, 1, 2) and this.corner == (1, 1)
    assert this.output_shape == X
