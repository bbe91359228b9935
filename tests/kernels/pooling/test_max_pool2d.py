"""Max pooling against PyTorch: every trap that has fooled a pooling kernel has a test here."""

import numpy as np
import pytest
import torch
from torch.nn.functional import max_pool2d

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import max_pool2d as pooling

INF, NAN = float("inf"), float("nan")
DTYPES = [np.float32, np.float64]
GEOMETRIES = {
    "window": ((2, 3, 6, 7), dict(kernel_size=2)),
    "one tap": ((1, 2, 3, 4), dict(kernel_size=1)),
    "overlap": ((2, 2, 7, 6), dict(kernel_size=3, stride=1)),
    "gaps between windows": ((1, 2, 9, 8), dict(kernel_size=2, stride=3)),
    "mixed": ((1, 3, 9, 8), dict(kernel_size=(3, 2), stride=(2, 1), padding=(1, 0))),
    "stride remainder": ((1, 1, 8, 9), dict(kernel_size=3, stride=(3, 4))),
    "padding": ((2, 2, 5, 6), dict(kernel_size=3, stride=2, padding=1)),
    "window larger than input": ((1, 2, 3, 4), dict(kernel_size=(6, 8), padding=(3, 4), stride=1)),
    "dilation": ((1, 2, 9, 9), dict(kernel_size=(2, 3), stride=1, dilation=(3, 2))),
    "dilation and padding": ((1, 2, 8, 7), dict(kernel_size=3, stride=2, padding=1, dilation=3)),
    "ceil_mode": ((1, 2, 7, 6), dict(kernel_size=3, stride=2, ceil_mode=True)),
    "ceil_mode drops a window": (
        (1, 1, 5, 5),
        dict(kernel_size=2, stride=3, padding=1, ceil_mode=True),
    ),
    "ceil_mode past the padding": (
        (1, 2, 5, 8),
        dict(kernel_size=3, stride=(4, 3), padding=1, ceil_mode=True),
    ),
    "ceil_mode and dilation": ((1, 2, 8, 8), dict(kernel_size=2, dilation=3, ceil_mode=True)),
    "more than one block": ((3, 5, 16, 15), dict(kernel_size=3, stride=1, padding=1)),
    "unbatched": ((3, 6, 7), dict(kernel_size=2, padding=1)),
    "no batch": ((0, 3, 6, 7), dict(kernel_size=2)),
}
geometries = pytest.mark.parametrize(
    ("shape", "arguments"), GEOMETRIES.values(), ids=GEOMETRIES.keys()
)


def integers(shape, dtype, seed=0):
    """Small whole numbers, with many ties; sums of them are exact."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(dtype)


def reference(x, dy=None, **arguments):
    """PyTorch's output, indices and, for an output gradient, input gradient."""
    x = torch.from_numpy(np.array(x)).requires_grad_()
    y, indices = max_pool2d(x, return_indices=True, **arguments)
    if dy is not None:
        y.backward(torch.from_numpy(np.array(dy)))
    return y.detach().numpy(), indices.numpy(), None if dy is None else x.grad.numpy()


def same(actual, expected):
    np.testing.assert_array_equal(actual, expected, strict=True)


def check_forward(x, **arguments):
    y, indices = pooling.forward(x, **arguments)
    expected, expected_indices, _ = reference(x, **arguments)
    same(y, expected)
    same(indices, expected_indices)
    return y, indices


@geometries
@pytest.mark.parametrize("dtype", DTYPES)
def test_forward_is_torchs(shape, arguments, dtype):
    check_forward(integers(shape, dtype), **arguments)


@geometries
@pytest.mark.parametrize("dtype", DTYPES)
def test_input_gradient_is_torchs(shape, arguments, dtype):
    x = integers(shape, dtype)
    y, indices, _ = reference(x, **arguments)
    dy = integers(y.shape, dtype, seed=1)
    dx = pooling.input_gradient(dy, indices, shape, **arguments)
    same(dx, reference(x, dy, **arguments)[2])


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    for shape, arguments in GEOMETRIES.values():
        x = integers(shape, np.float32)
        dy = integers(reference(x, **arguments)[0].shape, np.float32, seed=1)
        with mode():
            _, indices = check_forward(x, **arguments)
            dx = pooling.input_gradient(dy, indices, shape, **arguments)
        same(dx, reference(x, dy, **arguments)[2])


@pytest.mark.parametrize("dtype", DTYPES)
def test_tie_goes_to_the_first(dtype):
    _, indices = check_forward(np.zeros((1, 1, 4, 4), dtype), kernel_size=3, stride=1)
    assert indices.ravel().tolist() == [0, 1, 4, 5]


def test_nan_beats_everything():
    y, indices = check_forward(np.array([[[1, NAN, INF, 2]]]), kernel_size=(1, 4))
    assert np.isnan(y.item()) and indices.item() == 1


def test_last_of_two_nans_wins():
    _, indices = check_forward(np.array([[[NAN, 1, NAN, 9]]]), kernel_size=(1, 4))
    assert indices.item() == 2


def test_gradient_goes_to_the_nan():
    x = np.array([[[NAN, 1, NAN, 9]]])
    dy = np.array([[[3.0]]])
    _, indices = pooling.forward(x, (1, 4))
    same(pooling.input_gradient(dy, indices, x.shape, (1, 4)), np.array([[[0.0, 0, 3, 0]]]))


@pytest.mark.parametrize("dtype", DTYPES)
def test_minus_inf_keeps_the_first_valid_position(dtype):
    check_forward(np.full((1, 4, 5), -INF, dtype), kernel_size=3, stride=1, padding=1)
    check_forward(np.full((1, 7, 7), -INF, dtype), kernel_size=2, padding=1, dilation=3)


def test_plus_inf_is_found():
    x = integers((1, 2, 5, 5), np.float32)
    x[0, 0, 2, 2] = INF
    check_forward(x, kernel_size=3, stride=1)


def test_padding_is_never_selected():
    y, _ = check_forward(-1 - np.ones((1, 2, 4, 4), np.float32), kernel_size=3, padding=1, stride=2)
    assert (y == -2).all()


def test_dilation_over_the_whole_image_gives_minus_inf_and_no_gradient():
    x = integers((1, 1, 3, 4), np.float32)
    arguments = dict(kernel_size=2, stride=1, padding=1, dilation=4)
    y, indices = check_forward(x, **arguments)
    assert np.isneginf(y).all()
    same(pooling.input_gradient(y + 1, indices, x.shape, **arguments), np.zeros_like(x))


def test_overlapping_windows_accumulate():
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 2, 2] = 1  # wins all nine windows
    _, indices = pooling.forward(x, 3, 1)
    dy = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    assert pooling.input_gradient(dy, indices, x.shape, 3, 1)[0, 0, 2, 2] == 45


def test_gradient_uses_the_index_not_the_value():
    indices = np.array([[[[3]]]])
    dx = pooling.input_gradient(np.array([[[[7.0]]]]), indices, (1, 1, 2, 2), 2)
    same(dx, np.array([[[[0.0, 0], [0, 7]]]]))


def test_plane_indices_restart_in_every_channel_and_sample():
    x = np.tile(integers((1, 1, 6, 6), np.float32), (3, 4, 1, 1))
    _, indices = check_forward(x, kernel_size=2)
    assert (indices == indices[:1, :1]).all()


LAYOUTS = {
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
    "cut out": lambda a: np.pad(a, 1)[1:-1, 1:-1, 1:-1, 1:-1],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_strides(layout):
    x = integers((2, 3, 6, 8), np.float32)
    dy = integers((2, 3, 3, 4), np.float32, seed=1)
    expected, expected_indices, expected_dx = reference(x, dy, kernel_size=2)
    y, indices = pooling.forward(layout(x), 2)
    same(y, expected)
    same(indices, expected_indices)
    same(pooling.input_gradient(layout(dy), layout(indices), x.shape, 2), expected_dx)


def test_broadcast_input_of_stride_zero():
    x = np.broadcast_to(integers((1, 1, 6, 6), np.float32), (2, 3, 6, 6))
    check_forward(x, kernel_size=3)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_element_of_out_is_written_through_its_strides(layout):
    x = integers((2, 3, 6, 8), np.float32)
    dy = integers((2, 3, 3, 4), np.float32, seed=1)
    expected, expected_indices, expected_dx = reference(x, dy, kernel_size=2)
    out, at = layout(np.full_like(expected, NAN)), layout(np.full(expected.shape, -1))
    y, indices = pooling.forward(x, 2, out=out, indices=at)
    assert y is out and indices is at
    same(out, expected)
    same(at, expected_indices)
    out = layout(np.full_like(x, NAN))
    assert pooling.input_gradient(dy, indices, x.shape, 2, out=out) is out
    same(out, expected_dx)


def test_unbatched_out():
    x = integers((3, 6, 6), np.float32)
    out, at = np.full((3, 3, 3), np.float32(NAN)), np.full((3, 3, 3), -1)
    pooling.forward(x, 2, out=out, indices=at)
    expected, expected_indices, _ = reference(x, kernel_size=2)
    same(out, expected)
    same(at, expected_indices)


def test_inputs_are_not_written():
    x, dy = integers((2, 3, 6, 8), np.float32), integers((2, 3, 3, 4), np.float32)
    kept = x.copy(), dy.copy()
    _, indices = pooling.forward(x, 2)
    kept_indices = indices.copy()
    pooling.input_gradient(dy, indices, x.shape, 2)
    same(x, kept[0])
    same(dy, kept[1])
    same(indices, kept_indices)


def test_same_bits_twice():
    rng = np.random.default_rng(0)
    dy = rng.standard_normal((2, 3, 9, 9), np.float32)
    _, indices = pooling.forward(rng.standard_normal((2, 3, 9, 9), np.float32), 3, 1, 1)
    first, second = (pooling.input_gradient(dy, indices, dy.shape, 3, 1, 1) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_no_batch_gives_no_elements():
    y, indices = pooling.forward(np.zeros((0, 3, 6, 7)), 2)
    assert y.shape == indices.shape == (0, 3, 3, 3) and indices.dtype == np.int64
    assert pooling.input_gradient(y, indices, (0, 3, 6, 7), 2).shape == (0, 3, 6, 7)


X, DY, AT = np.zeros((1, 2, 4, 4)), np.zeros((1, 2, 2, 2)), np.zeros((1, 2, 2, 2), np.int64)
BAD_FORWARD = [
    (dict(input=[[1.0]]), TypeError, "input is 'builtins.list'; expected a NumPy or CuPy array"),
    (dict(input=X.astype(np.int32)), TypeError, "input.dtype is 'int32'; expected float32, flo"),
    (dict(input=X[0, 0]), ValueError, "input.shape is (4, 4); expected 3 or 4 dimensions"),
    (dict(input=X[:, :0]), ValueError, "input.shape is (1, 0, 4, 4); expected at least 1 channel"),
    (dict(padding=2), ValueError, "padding is (2, 2); expected at most half of kernel_size (2, 2)"),
    (dict(stride=0), ValueError, "stride is 0; expected an integer of at least 1"),
    (dict(ceil_mode=1), TypeError, "ceil_mode is 1; expected True or False"),
    (dict(algorithm="fast"), ValueError, "algorithm is 'fast'; expected None or one of ['direct'"),
    (dict(out=DY[:, :1]), ValueError, "out.shape is (1, 1, 2, 2); expected (1, 2, 2, 2)"),
    (dict(out=DY.astype(np.float32)), TypeError, "out.dtype is 'float32'; expected float64"),
    (dict(indices=AT.astype(np.int32)), TypeError, "indices.dtype is 'int32'; expected int64"),
    (dict(indices=AT[0]), ValueError, "indices.shape is (2, 2, 2); expected (1, 2, 2, 2)"),
]
BAD_GRADIENT = [
    (dict(grad_output=X), ValueError, "grad_output.shape is (1, 2, 4, 4); expected (1, 2, 2, 2)"),
    (dict(grad_output=DY[0]), ValueError, "grad_output.shape is (2, 2, 2); expected (1, 2, 2, 2)"),
    (dict(grad_output=AT), TypeError, "grad_output.dtype is 'int64'; expected float32, float64"),
    (dict(indices=None), TypeError, "indices is 'builtins.NoneType'; expected a NumPy or CuPy"),
    (dict(indices=AT.astype(np.int32)), TypeError, "indices.dtype is 'int32'; expected int64"),
    (dict(indices=AT[..., :1]), ValueError, "indices.shape is (1, 2, 2, 1); expected (1, 2, 2, 2)"),
    (dict(input_size=(4, 4)), ValueError, "input_size is (4, 4); expected 3 or 4 dimensions"),
    (dict(input_size=(1, 2, 0, 4)), ValueError, "input_size is (1, 2, 0, 4); expected at least 1"),
    (dict(out=DY), ValueError, "out.shape is (1, 2, 2, 2); expected (1, 2, 4, 4)"),
    (dict(algorithm="fast"), ValueError, "algorithm is 'fast'; expected None or one of ['direct'"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD_FORWARD)
def test_bad_forward_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        pooling.forward(**dict(input=X, kernel_size=2) | change)
    assert f"max_pool2d: {message}" in str(raised.value)


@pytest.mark.parametrize(("change", "error", "message"), BAD_GRADIENT)
def test_bad_gradient_raises_before_any_launch(change, error, message, no_launch):
    good = dict(grad_output=DY, indices=AT, input_size=X.shape, kernel_size=2)
    with pytest.raises(error) as raised:
        pooling.input_gradient(**good | change)
    assert f"max_pool2d input_gradient: {message}" in str(raised.value)
