"""Views: the same elements in the same memory, and where that cannot be, copies."""

import numpy as np
import pytest

from crosscheck.kernels.views import Views, around, merge

X = np.arange(2 * 3 * 4 * 5 * 6.0).reshape(2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        (X, (720,)),
        (X[:, :, None], (720,)),
        (X[:, :2], (2, 240)),
        (X[..., ::2], (360,)),
        (X.transpose(0, 2, 1, 3, 4), (2, 4, 3, 30)),
        (X[::-1], (2, 360)),
        (np.broadcast_to(X[:, :1, :1], X.shape), (2, 12, 30)),
        (X[:1, :1, :1, :1, :1], ()),
        (X[:0], (0,)),
    ],
)
def test_merges_what_strides_allow(array, shape):
    merged, (strides,) = merge(array.shape, [array.strides])
    assert merged == shape and len(strides) == len(shape)


def test_arrays_merge_together():
    channel = np.broadcast_to(np.zeros((3, 1, 1, 1)), X.shape)
    assert merge(X.shape, [X.strides, channel.strides])[0] == (2, 3, 120)


@pytest.mark.parametrize(
    ("out", "copied"),
    [
        (X.copy(), False),
        (X.copy()[::-1, :, ::-1], False),
        (X.copy()[..., ::2], False),
        (X.T.copy().T, False),  # dense in another order than the input's: the input is copied
    ],
)
def test_merged_arrays_read_and_write_the_same_elements(out, copied):
    each = X[..., : out.shape[-1]]
    views = Views.merged(out, each, each[:, :1])
    assert views.out.ndim == 4 and np.shares_memory(views.out, out) != copied
    views.out[...] = views.inputs[0] + views.inputs[1]
    views.finish()
    np.testing.assert_array_equal(out, each + each[:, :1])


def test_five_axes_that_do_not_merge_are_copied():
    wide = np.zeros((2, 3, 4, 5, 6, 2))
    out, x = wide[:, :2, :3, :4, :5], np.random.default_rng(0).standard_normal((2, 2, 3, 4, 5, 2))
    views = Views.merged(out, x)
    assert not np.shares_memory(views.out, out) and views.out.ndim == 4
    views.out[...] = views.inputs[0]
    views.finish()
    np.testing.assert_array_equal(out, x)


IMAGES = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)


@pytest.mark.parametrize(
    ("out", "viewed"),
    [
        (IMAGES.copy(), True),
        (IMAGES.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2), True),  # channels_last
        (np.zeros((2, 3, 4, 10))[..., ::2], True),
        (np.zeros((2, 3, 4, 6))[..., :5], False),
    ],
)
def test_a_row_walks_the_memory_of_the_output(out, viewed):
    views = Views.merged(out, IMAGES, rank=1)
    assert views.out.shape == views.inputs[0].shape == (120,)
    assert np.shares_memory(views.out, out) == viewed
    views.out[...] = views.inputs[0]
    views.finish()
    np.testing.assert_array_equal(out, IMAGES)


@pytest.mark.parametrize("rank", [1, 4])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1, 3), (2, 0, 3)])
def test_merged_arrays_of_few_elements(shape, rank):
    out, x = np.empty(shape), np.full(shape, 7.0)
    views = Views.merged(out, x, rank=rank)
    assert views.out.ndim == rank and views.out.size == out.size
    views.out[...] = views.inputs[0]
    views.finish()
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize(
    ("out", "viewed"),
    [(np.empty((2, 3, 4)), True), (np.empty((2, 4, 3)).transpose(0, 2, 1), False)],
)
def test_a_folded_output_is_a_view_where_it_can_be(out, viewed):
    views = Views.folded(out, (2, 12))
    assert np.shares_memory(views.out, out) == viewed
    views.out[...] = np.arange(24).reshape(2, 12)
    views.finish()
    np.testing.assert_array_equal(out, np.arange(24).reshape(2, 3, 4))


def test_around_an_axis():
    assert around((2, 3, 4, 5), 2) == (6, 4, 5)
    assert around((), 0) == (1, 1, 1)
