"""Winograd's convolution: its transforms, what it refuses, and blocks in any order of threads."""

import numpy as np
import pytest
import torch

from crosscheck.kernels import convolution
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.convolution import winograd
from crosscheck.kernels.convolution.winograd_transforms import prepare_kernel
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.launch import sanitized

PAST_A_BLOCK = (2, 9, 9, 11), (66, 9, 3, 3)  # 60 tiles of 32, 66 filters of 64, 9 channels of 8


def integers(shape, seed=0):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


def forward(x, w, **options):
    return convolution.forward(x, w, **options, algorithm="winograd")


def test_filters_are_transformed_into_blocks_with_zeros_around():
    w = integers((3, 2, 3, 3))
    weights = np.full((1, 2, 3, 16, 2), np.nan, np.float32)  # group, block, channel, 16, column
    strides = tuple(stride // w.itemsize for stride in (w.strides[0] * 3, *w.strides))
    counts = 1, 3, 2, 2, 3, 2
    prepare_kernel.forall(12)(w.reshape(-1), weights.reshape(-1), strides, False, counts)
    G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
    expected = np.zeros((4, 3, 16))  # column, channel
    expected[:3, :2] = (G @ w @ G.T).reshape(3, 2, 16)
    found = weights[0].transpose(0, 3, 1, 2).reshape(4, 3, 16)
    np.testing.assert_array_equal(found, expected)
    turned = np.empty_like(weights)
    prepare_kernel.forall(12)(w.reshape(-1), turned.reshape(-1), strides, True, counts)
    found = turned[0].transpose(0, 3, 1, 2).reshape(4, 3, 16)[:3, :2]
    np.testing.assert_array_equal(found, (G @ w[..., ::-1, ::-1] @ G.T).reshape(3, 2, 16))


def channels_last(array):
    """The same numbers with the channels next to each other in memory."""
    return np.moveaxis(np.moveaxis(array, 1, -1).copy(), -1, 1)


@pytest.mark.parametrize(("seed", "layout"), [(1, np.ascontiguousarray), (2, channels_last)])
def test_any_order_of_threads_gives_the_same_integers(seed, layout):
    x, w = layout(integers(PAST_A_BLOCK[0])), integers(PAST_A_BLOCK[1], 1)
    with modes.using(seed=seed):
        y = forward(x, w, padding=1)
        dx = convolution.input_gradient(x.shape, w, layout(y), padding=1, algorithm="winograd")
    exact = torch.nn.functional.conv2d(torch.tensor(x).contiguous(), torch.tensor(w), padding=1)
    np.testing.assert_array_equal(y, exact.numpy())
    exact = torch.nn.grad.conv2d_input(x.shape, torch.tensor(w), exact, padding=1)
    np.testing.assert_array_equal(dx, exact.numpy())


def test_the_sanitizer_finds_nothing_past_a_block():
    x, w = integers(PAST_A_BLOCK[0]), integers(PAST_A_BLOCK[1], 1)
    with sanitized():
        y = forward(x, w, padding=(0, 3))
    np.testing.assert_array_equal(y, convolution.forward(x, w, padding=(0, 3), algorithm="direct"))


@pytest.mark.parametrize(
    ("filter", "options", "message"),
    [
        ((5, 3), {}, "the filter is 5 x 3; expected 3 x 3"),
        ((3, 3), dict(stride=2), r"stride is \(2, 2\); expected \(1, 1\)"),
        ((3, 3), dict(dilation=(1, 2)), r"dilation is \(1, 2\); expected \(1, 1\)"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(filter, options, message):
    with pytest.raises(Unsupported, match=f"'winograd' does not take this forward: {message}"):
        forward(integers((1, 1, 9, 9)), integers((1, 1, *filter)), **options)


def test_nobody_gets_it_without_asking():
    for direction in ("forward", "input_gradient"):
        chosen = convolution.ALGORITHMS[direction]["winograd"]
        assert not any(chosen.prefers(None, device) for device in ("cpu", "cuda"))
    x, w = np.ones((1, 1, 3, 3), np.float32), np.ones((1, 1, 3, 3), np.float32)
    x[0, 0, 1, 1] = np.inf  # infinity minus infinity shows Winograd
    assert np.isnan(forward(x, w)).all() and np.isinf(convolution.forward(x, w)).all()


def test_an_infinite_pixel_touches_only_the_windows_that_have_it():
    x, w = integers((1, 1, 8, 8)), integers((1, 1, 3, 3), 1)
    x[0, 0, 3, 4] = np.inf
    touched = ~np.isfinite(forward(x, w, padding=1))
    assert touched[0, 0, 2:5, 3:6].all() and touched.sum() == 9


def test_float64_is_computed_in_float64():
    x, w = (
        each.astype(np.float64) + 1e-12 for each in (integers((1, 2, 5, 5)), integers((2, 2, 3, 3)))
    )
    exact = convolution.forward(x, w, algorithm="direct")
    np.testing.assert_allclose(forward(x, w), exact, rtol=0, atol=1e-13)


def test_tiles_fit_into_48_kib_and_a_thread_has_a_patch_at_most():
    for dtype, tile in winograd.TILES.items():
        elements = 16 * tile.depth * (tile.rows + tile.columns)
        assert elements * np.dtype(dtype).itemsize <= 48 * 1024
        assert tile.threads == 32 and tile.depth * tile.rows <= winograd.THREADS
