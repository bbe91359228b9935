"""Pools in tiles: small ones, so that every window is at an edge, against `direct`."""

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import avg_pool2d, max_pool2d, tiles

HOW = dict(kernel_size=(3, 4), stride=(1, 2), padding=(1, 2), ceil_mode=True)
QUADS, ODD = (2, 2, 11, 20), (1, 1, 7, 13)  # rows that begin on 16 bytes, and not
CASES = [(QUADS, sanitized), (ODD, wide_index), (ODD, lambda: modes.using(seed=1))]


@pytest.fixture
def small_tiles(monkeypatch):
    def of_five_by_seven(reach, source, target, rows):
        return tiles.Tiles((5, 7), tuple(-(-n // m) for n, m in zip(target, (5, 7), strict=True)))

    monkeypatch.setattr(tiles, "tiles", of_five_by_seven)


def drawn(shape, values, seed=0):
    return np.random.default_rng(seed).choice(np.array(values, np.float32), shape)


def same(found, expected):
    np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize(("shape", "mode"), CASES)
def test_ties_nan_and_infinities_at_the_edges_of_tiles_are_those_of_direct(
    shape, mode, small_tiles
):
    x = drawn(shape, [-np.inf, -np.inf, -1, 1, 1, np.nan])
    expected = max_pool2d.forward(x, **HOW, algorithm="direct")
    with mode():
        found = max_pool2d.forward(x, **HOW, algorithm="separable")
    same(found[1], expected[1])
    same(found[0], expected[0])


@pytest.mark.parametrize("dilation", [(2, 3), (3, 1)])
def test_a_dilated_window_reads_its_taps_only(dilation, small_tiles):
    x = drawn((1, 2, 12, 17), [0, 1, 2, 3])
    how = dict(kernel_size=3, stride=1, padding=1, dilation=dilation)
    expected = max_pool2d.forward(x, **how, algorithm="direct")
    for found, each in zip(
        max_pool2d.forward(x, **how, algorithm="separable"), expected, strict=True
    ):
        same(found, each)


@pytest.mark.parametrize(("shape", "mode"), CASES)
@pytest.mark.parametrize("divisor", [dict(count_include_pad=False), dict(divisor_override=-2)])
def test_averages_and_their_gradients_of_integers_are_those_of_direct(
    shape, mode, divisor, small_tiles
):
    how = HOW | divisor
    x = drawn(shape, range(-8, 9))
    expected = avg_pool2d.forward(x, **how, algorithm="direct")
    dy = 72 * drawn(expected.shape, range(-8, 9))  # whole, whatever number of pixels divides it
    expected_dx = avg_pool2d.input_gradient(dy, shape, **how, algorithm="direct")
    with mode():
        same(avg_pool2d.forward(x, **how, algorithm="separable"), expected)
        found = avg_pool2d.input_gradient(dy, shape, **how, algorithm="separable")
    same(found, expected_dx)


def test_pixels_between_windows_have_no_gradient(small_tiles):
    dx = avg_pool2d.input_gradient(np.ones((1, 4, 5)), (1, 17, 21), 2, 4, algorithm="separable")
    assert dx.sum() == 20 and np.count_nonzero(dx) == 80


def test_other_layouts_are_computed_all_the_same():
    x = drawn((2, 9, 6, 4), range(-8, 9)).transpose(0, 3, 1, 2)
    for algorithm in ("direct", "separable"):
        y, indices = max_pool2d.forward(x, 3, 1, algorithm=algorithm)
        assert y[1, 2, 3, 1] == x[1, 2, 3:6, 1:4].max() and indices.shape == y.shape
        same(avg_pool2d.forward(x, 2, algorithm=algorithm)[0, 0, 0, 0], x[0, 0, :2, :2].mean())


def test_what_does_not_fit_a_tile_is_named():
    with pytest.raises(Unsupported, match=r"reads from \(17, 2\) rows and columns"):
        max_pool2d.forward(np.zeros((1, 40, 40)), (17, 2), algorithm="separable")
    with pytest.raises(Unsupported, match=r"dilation is \(4, 1\); a window may have no tap"):
        max_pool2d.forward(np.zeros((1, 3, 9)), 2, 1, 1, (4, 1), algorithm="separable")
    with pytest.raises(Unsupported, match=r"reads from \(40, 2\) rows and columns"):
        dy = np.zeros((1, 41, 79))
        avg_pool2d.input_gradient(dy, (1, 80, 80), (40, 2), 1, algorithm="separable")
