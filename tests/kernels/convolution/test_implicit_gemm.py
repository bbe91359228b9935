"""Each tile of the blocked and pipelined kernels: small problems alone never choose the large ones.

Integers, so that every sum is exact; the reference is the direct algorithm.
"""

from functools import cache

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.convolution import (
    blocked,
    implicit_gemm_launch,
    pipelined,
    problem,
    weight_gemm_launch,
)
from crosscheck.kernels.convolution.mover import PIXEL
from crosscheck.kernels.register_tile import RegisterTile

GEOMETRY = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}
RUNGS = {"blocked": blocked, "pipelined": pipelined}
LARGE = [
    (name, tile)
    for name, rung in RUNGS.items()
    for tile in rung.TILES[np.float32]
    if tile.rows * tile.columns > 64 * 64
]


@cache
def arrays():
    """x, w, bias, dy; two tiles of 128 positions and more, 70 filters a group, 27 terms."""
    rng = np.random.default_rng(0)
    shapes = (3, 6, 21, 11), (140, 3, 3, 3), (140,), (3, 140, 11, 11)
    return [rng.integers(-3, 4, shape).astype(np.float32) for shape in shapes]


def this():
    x, w, _, dy = arrays()
    made = problem.create("conv2d", ("x", x.shape), ("w", w.shape), *GEOMETRY.values())
    assert made.outputs == dy.shape
    return made


@pytest.mark.parametrize(("name", "tile"), LARGE, ids=str)
def test_forward_and_input_gradient_in_one_tile(name, tile):
    x, w, bias, dy = arrays()
    rung = RUNGS[name].RUNG._replace(tiles={PIXEL: {np.float32: (tile,)}})
    y, dx = np.full(dy.shape, np.nan, np.float32), np.full(x.shape, np.nan, np.float32)
    implicit_gemm_launch.forward(this(), x, w, bias, y, rung)
    implicit_gemm_launch.input_gradient(this(), w, dy, dx, rung)
    expected = convolution.forward(x, w, bias, **GEOMETRY, algorithm="direct")
    np.testing.assert_array_equal(y, expected)
    expected = convolution.input_gradient(x.shape, w, dy, **GEOMETRY, algorithm="direct")
    np.testing.assert_array_equal(dx, expected)


@pytest.mark.parametrize("name", RUNGS)
def test_weight_gradient_in_a_large_tile(name):
    x, w, _, dy = arrays()
    tile = RUNGS[name].WEIGHT_TILES[np.float32][0]
    assert (tile.rows, tile.columns) == (128, 128)
    dw = np.full(w.shape, np.nan, np.float32)
    rung = RUNGS[name].WEIGHT_RUNG._replace(tiles={np.float32: (tile,)})
    weight_gemm_launch.run(this(), x, dy, dw, rung)
    expected = convolution.weight_gradient(x, w.shape, dy, **GEOMETRY, algorithm="direct")
    np.testing.assert_array_equal(dw, expected)


TILES = (RegisterTile(128, 128, ceiling=0.86), RegisterTile(64, 64, ceiling=0.81))


@pytest.mark.parametrize(
    ("what", "rows", "columns", "terms", "tile", "parts"),
    [
        ("many waves: the tile with the higher ceiling", 256, 10**6, 576, TILES[0], 1),
        ("64 filters fill a tile of 64", 64, 10**6, 576, TILES[1], 1),
        ("few outputs, a long sum: split", 64, 64, 4608, TILES[1], 8),
    ],
)
def test_the_choice_fills_the_gpu(what, rows, columns, terms, tile, parts):
    chosen = implicit_gemm_launch.choose(TILES, (1, 2, 4, 8), rows, columns, terms, 1, 132)
    assert chosen == (tile, parts), what


def test_more_taps_than_bits_are_refused_by_name():
    x, w = np.zeros((1, 1, 40, 1), np.float32), np.zeros((1, 1, 31, 1), np.float32)
    with pytest.raises(Unsupported, match=r"r \+ s is 32; expected at most 31"):
        convolution.forward(x, w, algorithm="blocked")
