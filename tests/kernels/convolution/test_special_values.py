"""Where an infinite or NaN weight, pixel or gradient makes NaN: PyTorch's native kernels say."""

import numpy as np
import pytest
import torch

from crosscheck.kernels import convolution

GEOMETRIES = {
    "padded": ((2, 2, 5, 4), (3, 2, 3, 3), dict(padding=1)),
    "strided": ((1, 2, 7, 6), (2, 2, 3, 2), dict(padding=(2, 1), stride=(3, 2))),
    "dilated": ((1, 2, 6, 7), (2, 2, 2, 3), dict(padding=2, dilation=(3, 2))),
    "grouped": ((1, 4, 5, 5), (4, 2, 3, 3), dict(padding=1, stride=2, groups=2)),
    "unpadded": ((1, 2, 5, 6), (3, 2, 3, 2), {}),
}
ALGORITHMS = ("direct", "tiled")
pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")
everywhere = [
    pytest.mark.parametrize("geometry", GEOMETRIES),
    pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf]),
    pytest.mark.parametrize("dtype", [np.float32, np.float64]),
]


def normal(shape, dtype, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def with_special(shape, value, dtype, seed):
    """Return numbers of which the first, the middle one and the last are `value`."""
    array = normal(shape, dtype, seed)
    array.flat[[0, array.size // 2, -1]] = value
    return array


def in_all(test):
    for mark in everywhere:
        test = mark(test)
    return test


@pytest.fixture(autouse=True)
def native():
    """PyTorch's own kernels: those of oneDNN skip the padding for most shapes."""
    with torch.backends.mkldnn.flags(enabled=False):
        yield


@in_all
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_forward_multiplies_the_padding_by_zero(geometry, value, dtype, algorithm):
    x_shape, w_shape, options = GEOMETRIES[geometry]
    x, w = normal(x_shape, dtype, 0), with_special(w_shape, value, dtype, 1)
    expected = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), **options).numpy()
    result = convolution.forward(x, w, **options, algorithm=algorithm)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@in_all
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_weight_gradient_multiplies_the_padding_by_zero(geometry, value, dtype, algorithm):
    x_shape, w_shape, options = GEOMETRIES[geometry]
    x = normal(x_shape, dtype, 0)
    y_shape = convolution.forward(x, normal(w_shape, dtype, 1), **options).shape
    dy = with_special(y_shape, value, dtype, 2)
    expected = torch.nn.grad.conv2d_weight(torch.tensor(x), w_shape, torch.tensor(dy), **options)
    result = convolution.weight_gradient(x, w_shape, dy, **options, algorithm=algorithm)
    np.testing.assert_allclose(result, expected.numpy(), rtol=1e-4, atol=1e-4)


@in_all
def test_input_gradient_gets_nothing_from_an_output_that_does_not_exist(geometry, value, dtype):
    x_shape, w_shape, options = GEOMETRIES[geometry]
    w = with_special(w_shape, value, dtype, 1)
    dy = normal(convolution.forward(normal(x_shape, dtype, 0), w, **options).shape, dtype, 2)
    expected = torch.nn.grad.conv2d_input(x_shape, torch.tensor(w), torch.tensor(dy), **options)
    result = convolution.input_gradient(x_shape, w, dy, **options, algorithm="direct")
    np.testing.assert_allclose(result, expected.numpy(), rtol=1e-4, atol=1e-4)
