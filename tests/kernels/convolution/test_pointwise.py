"""Filters of one tap: which images bring four positions at a time, and the tile of large layers."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.nn.grad import conv2d_input

from crosscheck.kernels import convolution
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.convolution import implicit_gemm, implicit_gemm_launch, pointwise, problem
from crosscheck.kernels.convolution.layout import is_aligned, loads
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, POSITIONS
from crosscheck.kernels.flat import flat
from crosscheck.kernels.launch import sanitized

LARGEST = pointwise.TILES[np.float32][0]


def integers(seed, *shape):
    """Small integers, from a multiple of 16 bytes on: so that every sum is exact."""
    size = int(np.prod(shape))
    memory = np.zeros(size + 8, np.float32)
    first = -(memory.ctypes.data // 4) % 4
    view = memory[first : first + size].reshape(shape)
    view[...] = np.random.default_rng(seed).integers(-3, 4, shape)
    return view


def product(x, filters=4, **geometry):
    given = dict(stride=1, padding=0, dilation=1, groups=1) | geometry
    w = filters, x.shape[1] // given["groups"], 1, 1
    return problem.create("conv2d", ("input", x.shape), ("weight", w), *given.values())


@pytest.mark.parametrize(
    ("array", "geometry", "expected"),
    [
        (integers(0, 2, 3, 5, 4), {}, True),
        (integers(0, 2, 3, 2, 3), {}, False),  # four positions would be of two images
        (integers(0, 2, 4, 5, 4), {"groups": 2}, True),
        (integers(0, 2, 3, 5, 4), {"dilation": 3}, True),  # of one tap
        (integers(0, 2, 3, 5, 4), {"stride": 2}, False),
        (integers(0, 2, 3, 5, 4), {"padding": (0, 1)}, False),
        (integers(0, 2, 3, 5, 8)[..., :4], {}, False),  # rows with gaps
        (integers(0, 2, 3, 1, 8)[..., :4], {}, True),  # one row each
        (integers(0, 2, 6, 5, 4)[:, ::2], {}, True),
        (integers(0, 2, 3, 5, 8)[..., ::2], {}, False),
        (integers(0, 2 * 3 * 20 + 4)[1:-3].reshape(2, 3, 5, 4), {}, False),  # off its 16 bytes
        (integers(0, 2, 5, 4, 3).transpose(0, 3, 1, 2), {}, False),  # NHWC
        (integers(0, 0, 3, 5, 4), {}, False),
    ],
)
def test_four_positions_at_a_time_need_dense_images_on_16_bytes(array, geometry, expected):
    this = product(array, **geometry)
    row, strides = flat(array)
    found = loads(strides, array.shape, this.channels, this)
    assert (is_aligned(row) and POSITIONS in found) is expected and PIXEL in found


@pytest.fixture
def built(monkeypatch):
    """What the loads of the implicit GEMMs bring that are launched."""
    brought, build = [], implicit_gemm.build

    def note(tile, mover, load, *stored):
        brought.append(load)
        return build(tile, mover, load, *stored)

    monkeypatch.setattr(implicit_gemm, "build", note)
    return brought


def nhwc(array):
    """The same numbers with the channels side by side, on 16 bytes."""
    n, c, h, w = array.shape
    turned = integers(0, n, h, w, c).transpose(0, 3, 1, 2)
    turned[...] = array
    return turned


@pytest.mark.parametrize(
    ("place", "stride", "load"),
    [(lambda x: x, 1, POSITIONS), (lambda x: x, 2, PIXEL), (nhwc, 1, CHANNELS)],
    ids=["images", "strided", "channels_last"],
)
def test_it_takes_the_widest_loads_there_are(built, place, stride, load):
    x, w = integers(0, 2, 8, 6, 4), integers(1, 4, 8, 1, 1)
    y = convolution.forward(place(x), w, stride=stride, algorithm="pointwise")
    expected = F.conv2d(torch.from_numpy(x), torch.from_numpy(w), stride=stride).numpy()
    np.testing.assert_array_equal(y, expected)
    assert built == [load]


# Two tiles of 128 positions over three images; filters and channels past one of 256; two groups.
X, W, B = integers(0, 3, 24, 7, 8), integers(1, 2 * 260, 12, 1, 1), integers(2, 2 * 260)
DY = integers(3, 3, 2 * 260, 7, 8)


def test_the_tile_of_large_layers_in_forward_and_input_gradient():
    tiles = {POSITIONS: {np.float32: (LARGEST,)}}
    assert (LARGEST.rows, LARGEST.columns) == (256, 128)
    rung = pointwise.RUNG._replace(tiles=tiles)
    this = product(X, len(W), groups=2)
    y, dx = np.full(DY.shape, np.nan, np.float32), np.full(X.shape, np.nan, np.float32)
    with sanitized():
        implicit_gemm_launch.forward(rung, this, X, W, B, y)(X, W, B, y)
        implicit_gemm_launch.input_gradient(rung, this, W, DY, dx)(W, DY, dx)
    w, dy = torch.from_numpy(W), torch.from_numpy(DY)
    expected = F.conv2d(torch.from_numpy(X), w, torch.from_numpy(B), groups=2).numpy()
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(dx, conv2d_input(X.shape, w, dy, groups=2).numpy())


def test_a_filter_of_more_taps_is_refused_by_name():
    x, w = integers(0, 1, 2, 3, 4), integers(1, 2, 2, 1, 2)
    with pytest.raises(Unsupported, match=r"\(r, s\) is \(1, 2\); expected \(1, 1\)"):
        convolution.forward(x, w, algorithm="pointwise")
