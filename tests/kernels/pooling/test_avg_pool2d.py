"""Average pooling against PyTorch: every trap that has fooled a pooling kernel has a test here.

Inputs are small whole numbers, so sums are exact and one correctly rounded division remains:
forward must equal PyTorch to the bit. Gradients add rounded quotients, hence `close`.
"""

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import avg_pool2d as pooling

NAN = float("nan")
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
    "ceil_mode": ((1, 2, 7, 6), dict(kernel_size=3, stride=2, ceil_mode=True)),
    "ceil_mode drops a window": (
        (1, 1, 5, 5),
        dict(kernel_size=2, stride=3, padding=1, ceil_mode=True),
    ),
    "ceil_mode past the padding": (
        (1, 2, 5, 8),
        dict(kernel_size=3, stride=(4, 3), padding=1, ceil_mode=True),
    ),
    "override": ((1, 2, 6, 6), dict(kernel_size=3, padding=1, divisor_override=7)),
    "negative override": ((1, 2, 6, 6), dict(kernel_size=3, divisor_override=-3)),
    "override of 64 bits": ((1, 2, 6, 6), dict(kernel_size=3, divisor_override=2**40 + 1)),
    "more than one block": ((3, 5, 16, 15), dict(kernel_size=3, stride=1, padding=1)),
    "unbatched": ((3, 6, 7), dict(kernel_size=2, padding=1)),
    "no batch": ((0, 3, 6, 7), dict(kernel_size=2)),
}
geometries = pytest.mark.parametrize(
    ("shape", "arguments"), GEOMETRIES.values(), ids=GEOMETRIES.keys()
)
include_pad = pytest.mark.parametrize("count_include_pad", [True, False])


def integers(shape, dtype, seed=0):
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(dtype)


def reference(x, dy=None, **arguments):
    """PyTorch's output and, for an output gradient, input gradient."""
    x = torch.from_numpy(np.array(x)).requires_grad_()
    y = avg_pool2d(x, **arguments)
    if dy is not None:
        y.backward(torch.from_numpy(np.array(dy)))
    return y.detach().numpy(), None if dy is None else x.grad.numpy()


def same(actual, expected):
    np.testing.assert_array_equal(actual, expected, strict=True)


def close(actual, expected, terms, total):
    """Two sums of `terms` rounded quotients, |quotients| adding up to `total`, may differ so."""
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    unit = np.finfo(actual.dtype).eps / 2
    assert (np.abs(actual - expected) <= 2 * (terms + 1) * unit * total).all()


@geometries
@include_pad
@pytest.mark.parametrize("dtype", DTYPES)
def test_forward_is_torchs(shape, arguments, count_include_pad, dtype):
    x = integers(shape, dtype)
    y = pooling.forward(x, **arguments, count_include_pad=count_include_pad)
    same(y, reference(x, **arguments, count_include_pad=count_include_pad)[0])


@geometries
@include_pad
@pytest.mark.parametrize("dtype", DTYPES)
def test_input_gradient_is_torchs(shape, arguments, count_include_pad, dtype):
    arguments = arguments | dict(count_include_pad=count_include_pad)
    x = integers(shape, dtype)
    dy = integers(reference(x, **arguments)[0].shape, dtype, seed=1)
    expected = reference(x, dy, **arguments)[1]
    total = np.abs(reference(x, np.abs(dy), **arguments)[1])
    close(pooling.input_gradient(dy, shape, **arguments), expected, np.prod(dy.shape[-2:]), total)


@include_pad
@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode, count_include_pad):
    for shape, arguments in GEOMETRIES.values():
        arguments = arguments | dict(count_include_pad=count_include_pad)
        x = integers(shape, np.float32)
        y = pooling.forward(x, **arguments)
        dx = pooling.input_gradient(y, shape, **arguments)
        with mode():
            same(pooling.forward(x, **arguments), y)
            same(pooling.input_gradient(y, shape, **arguments), dx)


def test_divisor_counts_padding_when_told():
    ones = np.ones((1, 1, 2, 2))
    assert pooling.forward(ones, 2, 1, 1)[0, 0].tolist() == [
        [0.25, 0.5, 0.25],
        [0.5, 1, 0.5],
        [0.25, 0.5, 0.25],
    ]
    assert (pooling.forward(ones, 2, 1, 1, count_include_pad=False) == 1).all()


def test_divisor_is_clipped_to_the_padded_extent():
    # The second window starts at row 2, has one row of input and one of padding, and a third that
    # only ceil_mode gave it: it must not count.
    y = pooling.forward(np.ones((1, 3, 3)), 3, (3, 3), 1, ceil_mode=True)
    same(y, reference(np.ones((1, 3, 3)), kernel_size=3, stride=3, padding=1, ceil_mode=True)[0])
    assert y[0, 1, 1] == 0.25


def test_override_wins_over_the_window_and_the_padding():
    y = pooling.forward(np.ones((1, 2, 2)), 2, 1, 1, False, False, 4)
    assert y[0].tolist() == [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]


def test_overlapping_windows_accumulate():
    dy = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    assert pooling.input_gradient(dy, (1, 1, 6, 6), 4, 1)[0, 0, 3, 3] == 45 / 16


def test_gradient_between_windows_is_zero():
    dx = pooling.input_gradient(np.ones((1, 2, 2)), (1, 5, 5), 2, 3)
    assert (dx[0, 2] == 0).all() and (dx[0, :, 2] == 0).all() and dx.sum() == 4


@pytest.mark.parametrize("value", [NAN, float("inf")])
def test_nan_and_inf_stay_in_their_windows(value):
    x = integers((1, 2, 6, 6), np.float32)
    x[0, 1, 2, 3] = value
    same(pooling.forward(x, 2), reference(x, kernel_size=2)[0])


LAYOUTS = {
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
    "cut out": lambda a: np.pad(a, 1)[1:-1, 1:-1, 1:-1, 1:-1],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_strides_and_every_element_of_out_written(layout):
    x = integers((2, 3, 6, 8), np.float32)
    dy = integers((2, 3, 3, 4), np.float32, seed=1)
    expected, expected_dx = reference(x, dy, kernel_size=2)
    out = layout(np.full_like(expected, NAN))
    assert pooling.forward(layout(x), 2, out=out) is out
    same(out, expected)
    out = layout(np.full_like(x, NAN))
    assert pooling.input_gradient(layout(dy), x.shape, 2, out=out) is out
    same(out, expected_dx)


def test_unbatched_out():
    x, out = integers((3, 6, 6), np.float32), np.full((3, 3, 3), np.float32(NAN))
    pooling.forward(x, 2, out=out)
    same(out, reference(x, kernel_size=2)[0])


def test_inputs_are_not_written():
    x, dy = integers((2, 3, 6, 8), np.float32), integers((2, 3, 3, 4), np.float32)
    kept = x.copy(), dy.copy()
    pooling.forward(x, 2)
    pooling.input_gradient(dy, x.shape, 2)
    same(x, kept[0])
    same(dy, kept[1])


def test_same_bits_twice():
    x = np.random.default_rng(0).standard_normal((2, 3, 9, 9), np.float32)
    arguments = dict(kernel_size=3, stride=1, padding=1)
    first, second = (pooling.forward(x, **arguments) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    first, second = (pooling.input_gradient(x, x.shape, **arguments) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_no_batch_gives_no_elements():
    y = pooling.forward(np.zeros((0, 3, 6, 7)), 2)
    assert y.shape == (0, 3, 3, 3)
    assert pooling.input_gradient(y, (0, 3, 6, 7), 2).shape == (0, 3, 6, 7)


X, DY = np.zeros((1, 2, 4, 4)), np.zeros((1, 2, 2, 2))
BAD_BOTH = [
    (dict(kernel_size=5), ValueError, "kernel_size is (5, 5); expected a window that fits the pad"),
    (dict(padding=2), ValueError, "padding is (2, 2); expected at most half of kernel_size (2, 2)"),
    (dict(stride=-1), ValueError, "stride is -1; expected an integer of at least 1"),
    (dict(ceil_mode=None), TypeError, "ceil_mode is None; expected True or False"),
    (dict(count_include_pad=1), TypeError, "count_include_pad is 1; expected True or False"),
    (dict(divisor_override=0), ValueError, "divisor_override is 0; expected None or a 64-bit inte"),
    (dict(divisor_override=2**63), ValueError, "divisor_override is 9223372036854775808; expected"),
    (dict(divisor_override=2.5), TypeError, "divisor_override is 2.5; expected an integer"),
    (dict(divisor_override=True), TypeError, "divisor_override is True; expected an integer"),
    (dict(algorithm="fast"), ValueError, "algorithm is 'fast'; expected None or one of ['direct'"),
]
BAD_FORWARD = [
    (dict(input=None), TypeError, "input is 'builtins.NoneType'; expected a NumPy or CuPy array"),
    (dict(input=X.astype(np.int64)), TypeError, "input.dtype is 'int64'; expected float32, flo"),
    (dict(input=X[0, 0]), ValueError, "input.shape is (4, 4); expected 3 or 4 dimensions"),
    (dict(input=X[:, :, :0]), ValueError, "input.shape is (1, 2, 0, 4); expected at least 1 chan"),
    (dict(out=X), ValueError, "out.shape is (1, 2, 4, 4); expected (1, 2, 2, 2)"),
    (dict(out=DY.astype(np.float32)), TypeError, "out.dtype is 'float32'; expected float64"),
]
BAD_GRADIENT = [
    (dict(grad_output=X), ValueError, "grad_output.shape is (1, 2, 4, 4); expected (1, 2, 2, 2)"),
    (dict(grad_output=DY[0]), ValueError, "grad_output.shape is (2, 2, 2); expected (1, 2, 2, 2)"),
    (dict(input_size=(2, 4)), ValueError, "input_size is (2, 4); expected 3 or 4 dimensions"),
    (dict(out=DY), ValueError, "out.shape is (1, 2, 2, 2); expected (1, 2, 4, 4)"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD_BOTH + BAD_FORWARD)
def test_bad_forward_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        pooling.forward(**dict(input=X, kernel_size=2) | change)
    assert f"avg_pool2d: {message}" in str(raised.value)


@pytest.mark.parametrize(("change", "error", "message"), BAD_BOTH + BAD_GRADIENT)
def test_bad_gradient_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        pooling.input_gradient(**dict(grad_output=DY, input_size=X.shape, kernel_size=2) | change)
    assert f"avg_pool2d input_gradient: {message}" in str(raised.value)
