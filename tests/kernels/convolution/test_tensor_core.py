"""Each tile of the kernels on tensor cores, each kind of number, and what they refuse.

Small problems alone never choose the large tiles. Integers, so that every sum is exact, in every
kind; the reference is the direct algorithm in float32. Parity has the bounds.
"""

from functools import cache

import ml_dtypes
import numpy as np
import pytest

from crosscheck.kernels import convolution, linear
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.convolution import problem, tensor_core, tensor_core_3x
from crosscheck.kernels.convolution.tensor_cores import launch, weight_launch
from crosscheck.kernels.dtypes import SHORT
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.precision import permitted

GEOMETRY = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}
KINDS = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
RUNGS = {"tensor_core": tensor_core, "tensor_core_3x": tensor_core_3x}


def _each(table: str) -> list:
    return [
        pytest.param(tile, dtype, id=f"{tile}")
        for rung in RUNGS.values()
        for dtype, tiles in getattr(rung, table).items()
        for tile in tiles
    ]


@cache
def arrays():
    """x, w, bias, dy in NHWC; two tiles of 128 positions and more, 70 filters a group, 108 terms.

    16 channels of a group, of which a part is 0, so that no sum is too long for float16.
    """
    rng = np.random.default_rng(0)
    shapes = (2, 32, 21, 11), (140, 16, 3, 3), (140,), (2, 140, 11, 11)
    x, w, bias, dy = (rng.integers(-1, 2, shape).astype(np.float32) for shape in shapes)
    dy[:, :, 1::2] = 0
    return in_nhwc(x), w, bias, in_nhwc(dy)


def this():
    x, w, _, dy = arrays()
    made = problem.create("conv2d", ("x", x.shape), ("w", w.shape), *GEOMETRY.values())
    assert made.outputs == dy.shape
    return made


def _poisoned(like: np.ndarray, dtype: str) -> np.ndarray:
    return np.full_like(like, np.nan).astype(KINDS[dtype])


@cache
def expected(direction: str) -> np.ndarray:
    x, w, bias, dy = arrays()
    arguments = {
        "forward": (x, w, bias),
        "input_gradient": (x.shape, w, dy),
        "weight_gradient": (x, w.shape, dy),
    }[direction]
    return getattr(convolution, direction)(*arguments, **GEOMETRY, algorithm="direct")


@pytest.mark.parametrize(("tile", "dtype"), _each("TILES"))
def test_forward_and_input_gradient_in_one_tile(tile, dtype):
    x, w, bias, dy = (each.astype(KINDS[dtype]) for each in arrays())
    y, dx = _poisoned(dy, dtype), _poisoned(x, dtype)
    tiles = {dtype: (tile,)}
    launch.forward(tiles, this(), x, w, bias, y)(x, w, bias, y)
    launch.input_gradient(tiles, this(), w, dy, dx)(w, dy, dx)
    np.testing.assert_array_equal(y.astype(np.float32), expected("forward"))
    np.testing.assert_array_equal(dx.astype(np.float32), expected("input_gradient"))


@pytest.mark.parametrize(("tile", "dtype"), _each("WEIGHT_TILES"))
def test_weight_gradient_in_one_tile(tile, dtype):
    x, w, _, dy = (each.astype(KINDS[dtype]) for each in arrays())
    dw = _poisoned(w, dtype)
    weight_launch.weight_gradient({dtype: (tile,)}, this(), x, dy, dw)(x, dy, dw)
    np.testing.assert_array_equal(dw.astype(np.float32), expected("weight_gradient"))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_images_of_three_channels_in_nchw(dtype):
    rng = np.random.default_rng(1)
    x, w = (rng.integers(-1, 2, s).astype(KINDS[dtype]) for s in ((2, 3, 9, 8), (5, 3, 3, 3)))
    y = convolution.forward(x, w, padding=1, algorithm="tensor_core")
    assert y.dtype == x.dtype
    exact = convolution.forward(
        x.astype(np.float32), w.astype(np.float32), padding=1, algorithm="direct"
    )
    np.testing.assert_array_equal(y.astype(np.float32), exact)


@pytest.mark.parametrize("dtype", [np.float32, *SHORT])
def test_a_row_of_single_pixels_has_any_step(dtype):
    """An axis of one element has a step of 1, which is no whole word of 16-bit elements."""
    rng = np.random.default_rng(3)
    dy, w = (rng.integers(-2, 3, s).astype(dtype) for s in ((2, 64, 1, 1), (64, 3, 5, 5)))
    dx = convolution.input_gradient((2, 3, 5, 5), w, dy, algorithm="tensor_core")
    exact = np.einsum("nk,kcrs->ncrs", dy[..., 0, 0].astype(float), w.astype(float))
    np.testing.assert_array_equal(dx.astype(float), exact)


@pytest.mark.parametrize("algorithm", RUNGS)
def test_linear(algorithm):
    rng = np.random.default_rng(2)
    x, w, dy = (rng.integers(-3, 4, s).astype(np.float32) for s in ((9, 20), (11, 20), (9, 11)))
    y = linear.forward(x, w, algorithm=algorithm)
    dx = linear.input_gradient(x.shape, w, dy, algorithm=algorithm)
    dw = linear.weight_gradient(x, w.shape, dy, algorithm=algorithm)
    np.testing.assert_array_equal(y, x @ w.T)
    np.testing.assert_array_equal(dx, dy @ w)
    np.testing.assert_array_equal(dw, dy.T @ x)


def test_what_is_refused_by_name():
    x, w = np.zeros((1, 1, 40, 1), np.float32), np.zeros((1, 1, 31, 1), np.float32)
    with pytest.raises(Unsupported, match=r"r \+ s is 32; expected at most 31"):
        convolution.forward(x, w, algorithm="tensor_core")
    x, w = np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 3, 3))
    with pytest.raises(Unsupported, match=r"input.dtype is 'float64'; expected float32"):
        convolution.forward(x, w, algorithm="tensor_core_3x")


def test_tf32_is_chosen_where_allowed_and_three_products_only_for_long_sums():
    table = convolution.ALGORITHMS["forward"]
    strict = permitted(table, "conv2d", np.dtype(np.float32))
    assert "tensor_core" not in strict and "tensor_core_3x" in strict
    assert "tensor_core" in permitted(table, "conv2d", np.dtype(np.float16))
    short = problem.create("conv2d", ("x", (1, 25, 4, 4)), ("w", (8, 25, 1, 1)), 1, 0, 1, 1)
    assert not table["tensor_core_3x"].prefers(short, "cuda")
    enough = problem.create("conv2d", ("x", (1, 26, 4, 4)), ("w", (8, 26, 1, 1)), 1, 0, 1, 1)
    assert table["tensor_core_3x"].prefers(enough, "cuda")
