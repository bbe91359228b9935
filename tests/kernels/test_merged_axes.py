"""Views of few axes: the same elements in the same memory."""

import numpy as np
import pytest

from crosscheck.kernels.merged_axes import MergedAxes, merge

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
        (X.T.copy().T, True),  # five axes in the other order than the input's
    ],
)
def test_merged_axes_read_and_writes_the_same_elements(out, copied):
    each = X[..., : out.shape[-1]]
    merged = MergedAxes(out, each, each[:, :1])
    assert merged.out.ndim == 4 and merged.copied == copied
    merged.out[...] = merged.inputs[0] + merged.inputs[1]
    merged.finish()
    np.testing.assert_array_equal(out, each + each[:, :1])


def test_five_axes_that_do_not_merge_are_copied():
    wide = np.zeros((2, 3, 4, 5, 6, 2))
    out, x = wide[:, :2, :3, :4, :5], np.random.default_rng(0).standard_normal((2, 2, 3, 4, 5, 2))
    merged = MergedAxes(out, x)
    assert merged.copied and merged.out.ndim == 4
    merged.out[...] = merged.inputs[0]
    merged.finish()
    np.testing.assert_array_equal(out, x)
