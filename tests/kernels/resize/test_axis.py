"""Which elements an output reads, against PyTorch's own weights: what it makes of unit vectors."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from crosscheck.kernels.arrays import Place
from crosscheck.kernels.resize import axis
from crosscheck.kernels.resize.axis import Axis

SIZES = [(1, 1), (1, 5), (5, 1), (5, 5), (4, 8), (3, 10), (10, 3), (41, 97), (97, 41)]
FACTORS = [(5, 2.0), (5, 2.1), (7, 0.3), (6, 1.5)]


def matrix(this):
    """Return the weights as a matrix (outputs, inputs)."""
    places, weights = axis.taps(this)
    dense = np.zeros((this.outputs, this.inputs))
    np.add.at(dense, (np.arange(this.outputs)[:, None], places), weights)
    return dense


def torchs(this, **given):
    """Return what PyTorch gives for each unit vector: the columns of its matrix."""
    units = torch.eye(this.inputs, dtype=torch.float64)
    mode = "bicubic" if this.mode == axis.CUBIC else this.mode
    if mode != "linear":  # of images: with one column
        units = units[:, None, :, None]
        given = {k: (v, 1) if np.isscalar(v) else v for k, v in given.items()}
    else:
        units = units[:, None]
    corners = {} if mode.startswith("nearest") else {"align_corners": this.align_corners}
    return F.interpolate(units, mode=mode, **corners, **given).reshape(this.inputs, -1).numpy().T


@pytest.mark.parametrize("mode", [axis.NEAREST, axis.NEAREST_EXACT, axis.LINEAR, axis.CUBIC])
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
def test_weights_are_torchs(mode, align_corners, sizes):
    this = Axis(mode, *sizes, 0.0, align_corners and not mode.startswith("nearest"))
    np.testing.assert_allclose(matrix(this), torchs(this, size=sizes[1]), atol=1e-13)


@pytest.mark.parametrize("mode", [axis.NEAREST, axis.NEAREST_EXACT, axis.LINEAR, axis.CUBIC])
@pytest.mark.parametrize(("inputs", "factor"), FACTORS)
def test_a_factor_scales_the_places(mode, inputs, factor):
    this = Axis(mode, inputs, int(inputs * factor), factor, False)
    np.testing.assert_allclose(matrix(this), torchs(this, scale_factor=factor), atol=1e-13)


@pytest.mark.parametrize("mode", [axis.NEAREST, axis.NEAREST_EXACT])
def test_nearest_is_torchs_in_both_dtypes_for_every_small_size(mode):
    """Its places are computed in float32, whatever the dtype: not one differs, in images."""
    for inputs in (1, 2, 3, 7, 24, 41, 49):
        x = torch.arange(inputs).expand(1, 2, 3, inputs)
        for outputs in range(1, 100):
            places, _ = axis.taps(Axis(mode, inputs, outputs, 0.0, False))
            for dtype in (torch.float32, torch.float64):
                expected = F.interpolate(x.to(dtype), size=(2, outputs), mode=mode)[0, 1, 1]
                np.testing.assert_array_equal(places[:, 0], expected.numpy())


def test_the_gradients_table_is_the_table_read_by_columns():
    this = Axis(axis.CUBIC, 5, 9, 0.0, False)
    place = Place(np, None)
    rows = [axis.table(this, turned, np.dtype("float64"), place) for turned in (False, True)]
    dense = [np.zeros((9, 5)), np.zeros((5, 9))]
    for table, into in zip(rows, dense, strict=True):
        assert (np.diff(table.starts) >= 0).all() and table.starts[-1] == table.places.size
        for row in range(len(into)):
            own = slice(*table.starts[row : row + 2])
            assert (np.diff(table.places[own]) >= 0).all()  # a fixed order of summation
            np.add.at(into[row], table.places[own], table.weights[own])
    np.testing.assert_array_equal(dense[0], dense[1].T)
    np.testing.assert_allclose(dense[0], matrix(this), rtol=1e-15)
