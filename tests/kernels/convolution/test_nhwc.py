"""Images in NHWC: which loads their strides allow, the tiles of large layers, memory formats."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.nn.grad import conv2d_input, conv2d_weight

from crosscheck.kernels import convolution
from crosscheck.kernels.convolution import (
    blocked,
    implicit_gemm,
    implicit_gemm_launch,
    pipelined,
    problem,
    weight_gemm_launch,
)
from crosscheck.kernels.convolution.layout import in_quads, is_aligned
from crosscheck.kernels.convolution.mover import CHANNELS
from crosscheck.kernels.flat import flat
from crosscheck.kernels.launch import sanitized

RUNGS = {"blocked": blocked, "pipelined": pipelined}
LARGE = [
    (name, tile)
    for name, rung in RUNGS.items()
    for tile in rung.NHWC_TILES[np.float32]
    if tile.rows > 64  # small problems run with the other, in the parity suite
]


def nhwc(array):
    """The same numbers with the channels side by side."""
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def integers(seed, *shape):
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32)


def misaligned(array):
    """The same numbers, in the same order, 4 bytes past a multiple of 16."""
    memory = np.zeros(array.size + 8, array.dtype)
    first = -(memory.ctypes.data // 4) % 4 + 1
    view = memory[first : first + array.size].reshape(array.transpose(0, 2, 3, 1).shape)
    view[...] = array.transpose(0, 2, 3, 1)
    return view.transpose(0, 3, 1, 2)


def aligned(array):
    """The same numbers in NHWC, from a multiple of 16 bytes on."""
    memory = np.zeros(array.size + 8, array.dtype)
    first = -(memory.ctypes.data // 4) % 4
    view = memory[first : first + array.size].reshape(array.transpose(0, 2, 3, 1).shape)
    view[...] = array.transpose(0, 2, 3, 1)
    return view.transpose(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("array", "channels", "expected"),
    [
        (aligned(integers(0, 2, 8, 5, 6)), 8, True),
        (aligned(integers(0, 2, 8, 5, 6)), 4, True),  # of two groups
        (aligned(integers(0, 2, 8, 5, 6)), 2, False),
        (aligned(integers(0, 2, 6, 5, 6)), 6, False),
        (aligned(integers(0, 2, 8, 5, 6))[:, :, ::2, ::3], 8, True),
        (aligned(integers(0, 2, 12, 5, 6))[:, 4:], 8, True),
        (aligned(integers(0, 2, 12, 5, 6))[:, 2:10], 8, False),
        (aligned(integers(0, 2, 9, 5, 6))[:, :8], 8, False),
        (misaligned(integers(0, 2, 8, 5, 6)), 8, False),
        (integers(0, 2, 8, 5, 6), 8, False),
        (np.broadcast_to(np.float32(1), (2, 8, 5, 6)), 8, False),
        (aligned(integers(0, 1, 8, 1, 1)), 8, True),
        (integers(0, 0, 8, 5, 6), 8, False),
        (integers(0, 2, 0, 5, 6), 0, False),
    ],
)
def test_quads_need_channels_side_by_side_on_16_bytes(array, channels, expected):
    row, strides = flat(array)
    assert (is_aligned(row) and in_quads(strides, array.shape, channels)) is expected


@pytest.fixture
def built(monkeypatch):
    """The (load, store) widths of the implicit GEMMs that are launched."""
    widths, build = [], implicit_gemm.build

    def note(tile, mover, load, store, pooled):
        widths.append((load.terms, store))
        return build(tile, mover, load, store, pooled)

    monkeypatch.setattr(implicit_gemm, "build", note)
    return widths


@pytest.mark.parametrize(
    ("place", "filters", "widths"), [(aligned, 8, (4, 4)), (misaligned, 8, (1, 4))]
)
def test_what_does_not_begin_on_16_bytes_is_loaded_one_by_one(built, place, filters, widths):
    x, w = integers(0, 2, 8, 5, 6), integers(1, filters, 8, 3, 3)
    expected = F.conv2d(torch.from_numpy(x), torch.from_numpy(w), padding=1).numpy()
    with sanitized():
        y = convolution.forward(place(x), w, padding=1, algorithm="blocked")
    np.testing.assert_array_equal(y, expected)
    assert built == [widths]


# 20 x 8 x 2 x 2 terms of the weights, 130 and more positions, filters beyond half a tile.
X, W, B = nhwc(integers(0, 2, 20, 9, 8)), integers(1, 136, 20, 2, 2), integers(2, 136)
DY = nhwc(integers(3, 2, 136, 8, 7))
GEOMETRY = dict(stride=1, padding=0, dilation=1, groups=1)
PROBLEM = problem.create("conv2d", ("input", X.shape), ("weight", W.shape), *GEOMETRY.values())


@pytest.mark.parametrize(("name", "tile"), LARGE, ids=lambda value: str(value))
def test_every_tile(name, tile):
    rung = RUNGS[name].RUNG._replace(tiles={CHANNELS: {np.float32: (tile,)}})
    y = nhwc(np.full(DY.shape, np.nan, np.float32))
    with sanitized():
        implicit_gemm_launch.forward(rung, PROBLEM, X, W, B, y)(X, W, B, y)
    expected = F.conv2d(*map(torch.from_numpy, (X, W, B))).numpy()
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("name", RUNGS)
def test_the_largest_tile_of_the_weight_gradient(name):
    rung = RUNGS[name].WEIGHT_RUNG
    largest = rung.nhwc_tiles[np.float32][0]
    dw = np.full(W.shape, np.nan, np.float32)
    with sanitized():
        forced = rung._replace(nhwc_tiles={np.float32: (largest,)})
        weight_gemm_launch.weight_gradient(forced, PROBLEM, X, DY, dw)(X, DY, dw)
    expected = conv2d_weight(torch.from_numpy(X), W.shape, torch.from_numpy(DY)).numpy()
    np.testing.assert_array_equal(dw, expected)


@pytest.mark.parametrize("channels_last", [(), ("x",), ("w",), ("x", "w")])
def test_the_output_keeps_the_memory_format_as_pytorch_does(channels_last):
    x, w = (torch.from_numpy(integers(i, 2, 4, 5, 6)) for i in range(2))
    x = x.to(memory_format=torch.channels_last) if "x" in channels_last else x
    w = w.to(memory_format=torch.channels_last) if "w" in channels_last else w
    expected = F.conv2d(x, w, padding=2)
    y = convolution.forward(x.numpy(), w.numpy(), padding=2)
    assert y.strides == tuple(4 * step for step in expected.stride())
    y = convolution.forward(x[0].numpy(), w.numpy(), padding=2)
    assert y.strides == tuple(4 * step for step in F.conv2d(x[0], w, padding=2).stride())
    dx = convolution.input_gradient(x.shape, w.numpy(), expected.numpy(), padding=2)
    np.testing.assert_array_equal(dx, conv2d_input(x.shape, w, expected, padding=2).numpy())
    assert (dx.strides[1] == 4) == bool(channels_last)
