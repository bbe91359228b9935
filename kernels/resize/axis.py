"""Which elements an output of interpolation reads along one axis, and how much of each.

    nearest         y[p] = x[floor(p * scale)]
    nearest-exact   y[p] = x[floor((p + 1/2) * scale)]
    linear          y[p] = (1 - t) * x[i] + t * x[i + 1]
    cubic           y[p] = sum over j = -1 .. 2 of k(t - j) * x[i + j], Keys' kernel with A = -3/4

with i + t = s(p), i whole: where p lies among the elements of x. An element at i covers i - 1/2 to
i + 1/2, so s(p) = (p + 1/2) * scale - 1/2, or with aligned corners s(p) = p * scale, and
scale = (inputs - 1) / (outputs - 1). What is outside of x counts as the element at its end. scale
is inputs / outputs, or 1 / the factor that the caller gave.

As in PyTorch, the places of `nearest` are computed in float32, whatever the array's dtype: a place
that is a whole number but for rounding decides which element is read. (Of signals it is the places
of PyTorch's gradient; its forward pass on a CPU takes others now and then.) The other modes are
continuous in s(p), and computed here in float64: PyTorch takes the dtype of the array, whose
rounding of s(p) grows with the image.

A table has the entries of each row one after the other: row p those of `starts[p]` to
`starts[p + 1]`. Read by columns instead, it is the table of the gradient: element h of x has an
entry for every output that reads it, in ascending order of p. So a thread that gathers them adds in
a fixed order.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array, Place

NEAREST, NEAREST_EXACT, LINEAR, CUBIC = "nearest", "nearest-exact", "linear", "cubic"
A = -0.75  # of Keys' kernel, as in PyTorch


class Axis(NamedTuple):
    """One axis of an interpolation; factor: what the caller scales by, 0 for outputs / inputs."""

    mode: str
    inputs: int
    outputs: int
    factor: float
    align_corners: bool


class Table(NamedTuple):
    """`places` and `weights` of the entries, row after row, and where each row starts."""

    starts: Array
    places: Array
    weights: Array


def taps(axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """Return which elements each output reads, and the weights: (outputs, taps) each, float64."""
    if axis.mode in (NEAREST, NEAREST_EXACT):
        places = _nearest(axis)[:, None]
        return places, np.ones(places.shape)
    last = axis.inputs - 1
    if axis.mode == LINEAR and axis.inputs == axis.outputs:
        places = np.arange(axis.outputs).repeat(2).reshape(-1, 2)
        return places, np.tile([1.0, 0.0], (axis.outputs, 1))
    at = positions(axis)
    if axis.mode == LINEAR:
        at = np.maximum(at, 0.0)
    first = np.minimum(np.floor(at.astype(np.float32)).astype(np.int64), last)
    t = np.clip(at - first, 0.0, 1.0)
    if axis.mode == LINEAR:
        return np.stack([first, np.minimum(first + 1, last)], 1), np.stack([1 - t, t], 1)
    weights = [_far(t + 1), _near(t), _near(1 - t), _far(2 - t)]
    return np.clip(first[:, None] + np.arange(-1, 3), 0, last), np.stack(weights, 1)


def positions(axis: Axis) -> np.ndarray:
    """Return s(p) of every output."""
    outputs = np.arange(axis.outputs)
    if axis.align_corners:
        return outputs * ((axis.inputs - 1) / (axis.outputs - 1) if axis.outputs > 1 else 0.0)
    return (outputs + 0.5) * _scale(axis, np.float64) - 0.5


def _nearest(axis: Axis) -> np.ndarray:
    outputs = np.arange(axis.outputs)
    scale = _scale(axis, np.float32)
    if axis.mode == NEAREST_EXACT:  # a half is a float64 there
        places = ((outputs + 0.5) * np.float64(scale)).astype(np.float32)
    elif axis.outputs == axis.inputs:
        return outputs
    elif axis.outputs == 2 * axis.inputs:  # whatever the factor
        return outputs // 2
    else:
        places = outputs.astype(np.float32) * scale
    return np.minimum(np.floor(places).astype(np.int64), axis.inputs - 1)


def _scale(axis: Axis, dtype: type) -> np.floating:
    return dtype(1 / axis.factor) if axis.factor else dtype(axis.inputs) / dtype(axis.outputs)


def _near(t: np.ndarray) -> np.ndarray:
    """Return Keys' kernel for distances of at most 1."""
    return ((A + 2) * t - (A + 3)) * t * t + 1


def _far(t: np.ndarray) -> np.ndarray:
    """Return Keys' kernel for distances of 1 to 2."""
    return ((A * t - 5 * A) * t + 8 * A) * t - 4 * A


@lru_cache(maxsize=256)
def table(axis: Axis, of_gradient: bool, dtype: np.dtype, place: Place) -> Table:
    """Return the table of an axis, or that of its gradient, kept for the next call."""
    places, weights = taps(axis)
    outputs = np.arange(axis.outputs).repeat(places.shape[1])
    rows, columns, size = outputs, places.reshape(-1), axis.outputs
    if of_gradient:
        rows, columns, size = columns, rows, axis.inputs
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(size + 1))
    indices = (each.astype(np.int32) for each in (starts, columns[order]))
    found = (*indices, weights.reshape(-1)[order].astype(dtype))
    return Table(*map(place.upload, found))
