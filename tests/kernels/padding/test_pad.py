"""Padding against PyTorch: every mode, every side, values and gradients to the bit."""

import numpy as np
import pytest
import torch

from crosscheck.kernels import padding
from crosscheck.kernels.launch import sanitized, wide_index

SIDES = [(0, 0, 0, 0), (1, 1, 1, 1), (2, 0, 0, 3), (0, 3, 2, 1), (3, 3, 2, 2)]
modes = pytest.mark.parametrize("mode", padding.MODES)
sides = pytest.mark.parametrize("pad", SIDES, ids=str)


def integers(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(dtype)


def torchs(x, pad, mode):
    x = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.nn.functional.pad(x, pad, mode)
    dy = integers(tuple(y.shape), 1, x.detach().numpy().dtype)
    y.backward(torch.from_numpy(dy))
    return y.detach().numpy(), dy, x.grad.numpy()


@modes
@sides
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5), (0, 3, 4, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_torchs(mode, pad, shape, dtype):
    if shape[0] == 0:
        assert padding.forward(np.zeros(shape, dtype), pad, mode).shape[0] == 0
        return
    x = integers(shape, dtype=dtype)
    y, dy, dx = torchs(x, pad, mode)
    np.testing.assert_array_equal(padding.forward(x, pad, mode), y, strict=True)
    np.testing.assert_array_equal(padding.input_gradient(dy, x.shape, pad, mode), dx, strict=True)


@pytest.mark.parametrize(
    ("mode", "pad", "shape"),
    [
        ("circular", (5, 5, 4, 4), (1, 2, 4, 5)),  # as far round as it goes
        ("circular", (1, 1, 1, 1), (1, 1, 1, 1)),
        ("replicate", (7, 9, 8, 6), (1, 1, 1, 2)),
        ("reflect", (1, 1, 1, 1), (1, 1, 2, 2)),
        ("reflect", (0, 0, 0, 0), (1, 1, 1, 1)),
    ],
)
def test_the_furthest_reach(mode, pad, shape):
    x = integers(shape)
    y, dy, dx = torchs(x, pad, mode)
    np.testing.assert_array_equal(padding.forward(x, pad, mode), y)
    np.testing.assert_array_equal(padding.input_gradient(dy, x.shape, pad, mode), dx)


@modes
@pytest.mark.parametrize("context", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode, context):
    x = integers((2, 3, 4, 5))
    y, dy, dx = torchs(x, (2, 1, 3, 0), mode)
    with context():
        np.testing.assert_array_equal(padding.forward(x, (2, 1, 3, 0), mode), y)
        result = padding.input_gradient(dy, x.shape, (2, 1, 3, 0), mode)
    np.testing.assert_array_equal(result, dx)


@modes
def test_any_layout_in_and_out(mode):
    x = integers((4, 5, 2, 3)).transpose(2, 3, 0, 1)
    y, dy, dx = torchs(x, (1, 2, 2, 1), mode)
    out = np.full((*y.shape[:3], 2 * y.shape[3]), np.nan)[..., ::2]
    assert padding.forward(x, (1, 2, 2, 1), mode, out=out) is out
    np.testing.assert_array_equal(out, y)
    out = np.full_like(x, np.nan)[:, :, ::-1]
    padding.input_gradient(dy[..., ::-1][..., ::-1], x.shape, (1, 2, 2, 1), mode, out=out)
    np.testing.assert_array_equal(out, dx)


X = np.zeros((1, 1, 2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: padding.forward(X, (1,) * 4, "same"), ValueError, "pad: mode is 'same'; expected"),
        (lambda: padding.forward(X, (1, 1), "reflect"), ValueError, "pad: pad is (1, 1); exp"),
        (lambda: padding.forward(X, (1, 1, 1, -1), "reflect"), ValueError, "pad: pad is -1"),
        (
            lambda: padding.forward(X, (0, 0, 2, 0), "reflect"),
            ValueError,
            "less than the image's 2",
        ),
        (lambda: padding.forward(X, (0, 4, 0, 0), "circular"), ValueError, "at most the image's 2"),
        (lambda: padding.forward(X[0, 0], (1,) * 4, "reflect"), ValueError, "3 or 4 dimensions"),
        (lambda: padding.forward(X[..., :0], (0,) * 4, "replicate"), ValueError, "at least 1 chan"),
        (
            lambda: padding.forward(X.astype(int), (0,) * 4, "reflect"),
            TypeError,
            "dtype is 'int64'",
        ),
        (
            lambda: padding.input_gradient(X, X.shape, (1,) * 4, "circular"),
            ValueError,
            "pad input_gradient: grad_output.shape is (1, 1, 2, 3); expected (1, 1, 4, 5)",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
