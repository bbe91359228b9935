"""Power-average pooling: any layout in and out, under the sanitizer; norms; what it refuses."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import lp_pool2d

X, NORMS = np.random.default_rng(0).standard_normal((2, 3, 6, 7)), (2.0, 3, -1, np.inf, -np.inf)
HOW = {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True}
DY = np.random.default_rng(1).standard_normal((2, 3, 3, 4))


def torchs(norm):
    x = torch.tensor(X, requires_grad=True)
    y = torch.nn.functional.lp_pool2d(x, norm, **HOW)
    return y.detach().numpy(), torch.autograd.grad(y, x, torch.tensor(DY))[0].numpy()


@pytest.mark.parametrize("context", [wide_index, sanitized])
@pytest.mark.parametrize("norm", NORMS)
def test_any_layout_in_and_out(context, norm):
    strided = np.stack([X[::-1], X[::-1]], -1)[::-1, ..., 1]
    out, dx = np.full((2, 3, 3, 8), np.nan)[..., ::2], np.full((2, 6, 7, 3), np.nan)
    with context():
        assert lp_pool2d.forward(strided, norm, **HOW, out=out) is out
        lp_pool2d.input_gradient(
            DY[..., ::-1].copy()[..., ::-1], strided, norm, **HOW, out=dx.transpose(0, 3, 1, 2)
        )
    for found, right in zip((out, dx.transpose(0, 3, 1, 2)), torchs(norm), strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-13)


def test_images_in_channels_last_stay_so():
    x = np.ascontiguousarray(X.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    y = lp_pool2d.forward(x, 2, 2)
    dx = lp_pool2d.input_gradient(y, x, 2, 2)
    assert all(each.transpose(0, 2, 3, 1).flags.c_contiguous for each in (y, dx))


def test_a_norm_of_1_adds_up_and_its_gradient_is_0_where_the_sum_is():
    x = np.array([[[1.0, 2.0, 3.0, -3.0]]])
    np.testing.assert_array_equal(lp_pool2d.forward(x, 1, (1, 2)), [[[3, 0]]])
    dx = lp_pool2d.input_gradient(np.ones((1, 1, 2)), x, 1, (1, 2))
    np.testing.assert_array_equal(dx, [[[1, 1, 0, 0]]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lp_pool2d.forward(X, 0, 2), ValueError, "norm_type is 0; expected a number other"),
        (lambda: lp_pool2d.forward(X, "2", 2), TypeError, "norm_type is '2'; expected a number"),
        (lambda: lp_pool2d.forward(X, 2, 0), ValueError, "kernel_size is 0; expected"),
        (lambda: lp_pool2d.forward(X, 2, 9), ValueError, "a window that fits the padded input"),
        (lambda: lp_pool2d.forward(X[0, 0], 2, 2), ValueError, "input.shape is (6, 7)"),
        (
            lambda: lp_pool2d.input_gradient(DY, X, 2, 2),
            ValueError,
            "lp_pool2d input_gradient: grad_output.shape is (2, 3, 3, 4); expected (2, 3, 3, 3)",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
