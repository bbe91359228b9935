"""Adaptive average pooling against PyTorch.

Inputs are small whole numbers, so sums are exact and one correctly rounded division remains:
forward must equal that quotient to the bit. PyTorch divides twice, by rows and by columns.
"""

import numpy as np
import pytest
import torch
from torch.nn.functional import adaptive_avg_pool2d

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import adaptive_avg_pool2d as pooling

NAN = float("nan")
DTYPES = [np.float32, np.float64]
GEOMETRIES = {
    "one window": ((2, 3, 6, 7), 1),
    "every pixel its own": ((1, 2, 3, 4), (3, 4)),
    "halves": ((2, 2, 8, 6), (4, 3)),
    "windows overlap": ((1, 2, 7, 10), (3, 4)),
    "more windows than pixels": ((1, 2, 3, 2), (7, 5)),
    "more rows, fewer columns": ((1, 2, 3, 9), (5, 4)),
    "None keeps the extent": ((1, 2, 5, 7), (None, 3)),
    "one pixel": ((2, 1, 1, 1), (2, 3)),
    "several blocks": ((3, 5, 16, 15), (7, 11)),
    "unbatched": ((3, 6, 7), (4, 2)),
    "no batch": ((0, 3, 6, 7), 2),
}
geometries = pytest.mark.parametrize(("shape", "size"), GEOMETRIES.values(), ids=GEOMETRIES.keys())


def integers(shape, dtype, seed=0):
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(dtype)


def reference(x, size, dy=None):
    """PyTorch's output and, for an output gradient, input gradient."""
    x = torch.from_numpy(np.array(x)).requires_grad_()
    y = adaptive_avg_pool2d(x, size)
    if dy is not None:
        y.backward(torch.from_numpy(np.array(dy)))
    return y.detach().numpy(), None if dy is None else x.grad.numpy()


def means(x, size):
    """The mean of every window, each an exact sum divided once."""
    extents = x.shape[-2:]
    size = (size, size) if isinstance(size, int) else size
    counts = [h if p is None else p for p, h in zip(size, extents, strict=True)]
    y = np.empty((*x.shape[:-2], *counts), x.dtype)
    for place in np.ndindex(*counts):
        box = zip(place, counts, extents, strict=True)
        taps = tuple(slice(i * h // p, -(-(i + 1) * h // p)) for i, p, h in box)
        window = x[(..., *taps)]
        y[(..., *place)] = window.sum((-2, -1)) / x.dtype.type(window.shape[-2] * window.shape[-1])
    return y


def same(actual, expected):
    np.testing.assert_array_equal(actual, expected, strict=True)


def close(actual, expected, terms, total):
    """Two sums of `terms` rounded quotients, |quotients| adding up to `total`, may differ so."""
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    unit = np.finfo(actual.dtype).eps / 2
    assert (np.abs(actual - expected) <= 2 * (terms + 1) * unit * total).all()


@geometries
@pytest.mark.parametrize("dtype", DTYPES)
def test_forward_is_torchs(shape, size, dtype):
    x = integers(shape, dtype)
    y, expected = pooling.forward(x, size), reference(x, size)[0]
    same(y, means(x, size))
    close(y, expected, 1, np.abs(expected))


@geometries
@pytest.mark.parametrize("dtype", DTYPES)
def test_input_gradient_is_torchs(shape, size, dtype):
    x = integers(shape, dtype)
    dy = integers(reference(x, size)[0].shape, dtype, seed=1)
    expected = reference(x, size, dy)[1]
    total = np.abs(reference(x, size, np.abs(dy))[1])
    close(pooling.input_gradient(dy, shape), expected, np.prod(dy.shape[-2:]), total)


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    for shape, size in GEOMETRIES.values():
        x = integers(shape, np.float32)
        y = pooling.forward(x, size)
        dx = pooling.input_gradient(y, shape)
        with mode():
            same(pooling.forward(x, size), y)
            same(pooling.input_gradient(y, shape), dx)


def test_windows_of_a_long_row_do_not_wrap_at_32_bits():
    x = np.ones((1, 1, 1, 70_000), np.float32)
    x[..., 69_999] = 3
    y = pooling.forward(x, (1, 65_537))  # 65 536 * 70 000 is more than 2^32
    assert (y[..., :-1] == 1).all() and y[..., -1] > 1
    assert pooling.input_gradient(np.ones_like(y), x.shape).min() == np.float32(1) / 3


@pytest.mark.parametrize("layout", ["channels_last", "every second element"])
def test_images_keep_their_order_of_memory(layout):
    x = LAYOUTS[layout](integers((2, 3, 6, 8), np.float32))
    ours, torchs = pooling.forward(x, 2), adaptive_avg_pool2d(torch.from_numpy(x), 2)
    assert ours.strides == tuple(4 * stride for stride in torchs.stride())
    assert pooling.input_gradient(ours, x.shape).strides[1] == (4 if ours.strides[1] == 4 else 192)


def test_no_windows_give_no_output():
    assert pooling.forward(np.ones((2, 3, 4, 5)), (0, 2)).shape == (2, 3, 0, 2)


@pytest.mark.parametrize("value", [NAN, float("inf")])
def test_nan_and_inf_stay_in_their_windows(value):
    x = integers((1, 2, 6, 6), np.float32)
    x[0, 1, 2, 3] = value
    same(pooling.forward(x, 3), reference(x, 3)[0])


LAYOUTS = {
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_strides_and_every_element_of_out_written(layout):
    x = integers((2, 3, 6, 8), np.float32)
    dy = integers((2, 3, 3, 4), np.float32, seed=1)
    expected, expected_dx = reference(x, (3, 4), dy)
    kept = x.copy(), dy.copy()
    out = layout(np.full_like(expected, NAN))
    assert pooling.forward(layout(x), (3, 4), out=out) is out
    same(out, expected)
    out = layout(np.full_like(x, NAN))
    assert pooling.input_gradient(layout(dy), x.shape, out=out) is out
    same(out, expected_dx)
    same(x, kept[0])
    same(dy, kept[1])


X, DY = np.zeros((1, 2, 4, 4)), np.zeros((1, 2, 2, 2))
BAD_FORWARD = [
    (dict(input=None), TypeError, "input is 'builtins.NoneType'; expected a NumPy or CuPy array"),
    (dict(input=X.astype(np.int64)), TypeError, "input.dtype is 'int64'; expected float32, flo"),
    (dict(input=X[0, 0]), ValueError, "input.shape is (4, 4); expected 3 or 4 dimensions"),
    (dict(input=X[:, :, :0]), ValueError, "input.shape is (1, 2, 0, 4); expected at least 1 row"),
    (dict(output_size=None), TypeError, "output_size is None; expected an integer"),
    (dict(output_size=(3,)), ValueError, "output_size is (3,); expected an integer or a pair of"),
    (dict(output_size=(1, 2, 3)), ValueError, "output_size is (1, 2, 3); expected an integer or"),
    (dict(output_size=-1), ValueError, "output_size is -1; expected an integer of at least 0"),
    (dict(output_size=(2, -1)), ValueError, "output_size is -1; expected an integer of at least 0"),
    (dict(output_size=True), TypeError, "output_size is True; expected an integer"),
    (dict(output_size=2.0), TypeError, "output_size is 2.0; expected an integer"),
    (dict(output_size="22"), ValueError, "output_size is '22'; expected an integer or a pair of"),
    (dict(output_size=2**31), ValueError, "output_size is 2147483648; expected integers of at m"),
    (
        dict(algorithm="fast"),
        ValueError,
        "algorithm is 'fast'; expected None or one of ['direct', ",
    ),
    (dict(out=X), ValueError, "out.shape is (1, 2, 4, 4); expected (1, 2, 2, 2)"),
    (dict(out=DY.astype(np.float32)), TypeError, "out.dtype is 'float32'; expected float64"),
]
BAD_GRADIENT = [
    (dict(grad_output=DY[0]), ValueError, "grad_output.shape is (2, 2, 2); expected 4 dimensions"),
    (dict(grad_output=DY[:, :1]), ValueError, "grad_output.shape is (1, 1, 2, 2); expected (1, 2,"),
    (dict(grad_output=DY[..., :0]), ValueError, "grad_output.shape is (1, 2, 2, 0); expected at"),
    (dict(input_size=(2, 4)), ValueError, "input_size is (2, 4); expected 3 or 4 dimensions"),
    (dict(input_size=(1, 2, 0, 4)), ValueError, "input_size is (1, 2, 0, 4); expected at least 1"),
    (dict(out=DY), ValueError, "out.shape is (1, 2, 2, 2); expected (1, 2, 4, 4)"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD_FORWARD)
def test_bad_forward_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        pooling.forward(**dict(input=X, output_size=2) | change)
    assert f"adaptive_avg_pool2d: {message}" in str(raised.value)


@pytest.mark.parametrize(("change", "error", "message"), BAD_GRADIENT)
def test_bad_gradient_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        pooling.input_gradient(**dict(grad_output=DY, input_size=X.shape) | change)
    assert f"adaptive_avg_pool2d input_gradient: {message}" in str(raised.value)
