"""The positions where zero filling may give NaN, against loops over every tap."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.parity.operators.conv2d.zero_filled import zero_filled

GEOMETRIES = [
    ((2, 2, 5, 4), (3, 2, 3, 3), dict(padding=1)),
    ((1, 2, 7, 6), (2, 2, 3, 2), dict(padding=(2, 1), stride=(3, 2))),
    ((1, 2, 6, 7), (2, 2, 2, 3), dict(padding=2, dilation=(3, 2))),
    ((1, 4, 5, 5), (4, 2, 3, 3), dict(padding=1, stride=2, groups=2)),
    ((1, 2, 5, 6), (3, 2, 4, 3), dict(padding="same")),
    ((2, 6, 5), (3, 2, 3, 2), {}),
]
SPECIAL = [(0, 0, 0, 0), (1, 1, 1, 1), (-1, -1, -1, -1)]


def problem(geometry, at):
    x_shape, w_shape, options = geometry
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    w[at] = np.inf
    return {"input": x, "weight": w}, options


def by_loops(inputs, options):
    """Mark each pixel that a special weight meets without an output of its own.

    That is: of which the gradient is no more than zero, if outputs everywhere have gradient 1.
    """
    x, w = inputs["input"], inputs["weight"]
    marked = np.zeros(x.shape, bool)
    ones = np.ones(convolution.forward(x, w, **options).shape)
    for k, c, r, s in np.argwhere(np.isinf(w)):
        lone = np.zeros_like(w)
        lone[k, c, r, s] = 1
        reached = convolution.input_gradient(x.shape, lone, ones, **options, algorithm="direct")
        group = k // (w.shape[0] // options.get("groups", 1))
        channel = group * w.shape[1] + c
        marked[..., channel, :, :] |= reached[..., channel, :, :] == 0
    return marked


@pytest.mark.parametrize("at", SPECIAL)
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_positions(geometry, at):
    inputs, options = problem(geometry, at)
    found = zero_filled("tiled", inputs, options)["input_gradient"]
    np.testing.assert_array_equal(found, by_loops(inputs, options))


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_tiled_has_nan_exactly_there(geometry):
    inputs, options = problem(geometry, (0, 0, 0, 0))
    w = inputs["weight"]
    dy = np.ones(convolution.forward(inputs["input"], w, **options).shape)
    result = convolution.input_gradient(inputs["input"].shape, w, dy, **options, algorithm="tiled")
    found = zero_filled("tiled", inputs, options)["input_gradient"]
    np.testing.assert_array_equal(np.isnan(result), found)


def test_nothing_is_allowed_without_special_weights_or_with_direct():
    inputs, options = problem(GEOMETRIES[0], (0, 0, 0, 0))
    assert zero_filled("direct", inputs, options) == {}
    inputs["weight"][0, 0, 0, 0] = 1
    assert zero_filled("tiled", inputs, options) == {}
