"""Depthwise convolution beside direct: layouts, thread orders, and what it does not take."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.cpu import modes

GEOMETRY = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 40}


def channels_last(array):
    return np.moveaxis(np.moveaxis(array, 1, -1).copy(), -1, 1)


def arrays(layout):
    """x, w, bias, dy: two filters a channel, more channels than a warp."""
    rng = np.random.default_rng(0)
    shapes = (2, 40, 11, 7), (80, 1, 3, 3), (80,), (2, 80, 6, 7)
    made = [rng.integers(-3, 4, shape).astype(np.float32) for shape in shapes]
    return [layout(each) if each.ndim == 4 else each for each in made]


def run(algorithm, x, w, bias, dy):
    return (
        convolution.forward(x, w, bias, **GEOMETRY, algorithm=algorithm),
        convolution.input_gradient(x.shape, w, dy, **GEOMETRY, algorithm=algorithm),
        convolution.weight_gradient(x, w.shape, dy, **GEOMETRY, algorithm=algorithm),
    )


@pytest.mark.parametrize(("layout", "seed"), [(np.asarray, 3), (channels_last, None)])
def test_layouts_and_thread_orders(layout, seed):
    given = arrays(layout)
    expected = run("direct", *given)
    with modes.using(seed=seed):
        found = run("depthwise", *given)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_padding_past_32_bits_reads_no_pixel_of_the_image():
    x, w = np.ones((1, 2, 3, 4), np.float32), np.ones((2, 1, 1, 1), np.float32)
    geometry = {"stride": (2**40, 1), "padding": (2**40, 0), "groups": 2}
    found = convolution.forward(x, w, **geometry, algorithm="depthwise")
    np.testing.assert_array_equal(found[0, 0, :, 0], [0, 1, 0])


def test_other_convolutions_are_unsupported_by_name():
    x, w = np.zeros((1, 4, 5, 5), np.float32), np.zeros((4, 2, 3, 3), np.float32)
    with pytest.raises(Unsupported, match="a group has 2 channels; expected 1, groups = c"):
        convolution.forward(x, w, groups=2, algorithm="depthwise")
