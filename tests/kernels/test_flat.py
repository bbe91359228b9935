"""`flat`: an array as a row of memory."""

import numpy as np
import pytest

from crosscheck.kernels.flat import flat, is_flat

BASE = np.arange(120.0).reshape(4, 5, 6)
VIEWS = {
    "contiguous": BASE,
    "transposed": BASE.transpose(2, 0, 1),
    "strided": BASE[::2, 1::2, ::3],
    "broadcast": np.broadcast_to(BASE[:1], (3, 5, 6)),
    "one": BASE[:1, :1, :1],
    "reversed": BASE[:, ::-1],
    "reversed_one": BASE[:1, :, :][::-1],
}


def element(row, strides, position):
    return row[sum(at * step for at, step in zip(position, strides, strict=True))]


@pytest.mark.parametrize("name", VIEWS)
def test_the_row_has_every_element_at_its_strides(name):
    array = VIEWS[name]
    row, strides = flat(array)
    assert row.ndim == 1
    for position in np.ndindex(array.shape):
        assert element(row, strides, position) == array[position]
    assert is_flat(array) == (name != "reversed")
    assert np.shares_memory(row, array) == is_flat(array)


def test_no_elements_are_a_row_of_none():
    row, strides = flat(np.zeros((0, 2, 3))[:, ::-1])
    assert row.shape == (0,) and all(each >= 0 for each in strides)


def test_strides_of_no_whole_number_of_elements_are_copied():
    records = np.zeros(3, np.dtype([("x", np.float32), ("flag", np.int8)]))
    records["x"] = [1, 2, 3]
    row, strides = flat(records["x"])
    assert strides == (1,)
    np.testing.assert_array_equal(row, [1, 2, 3])
    assert not is_flat(records["x"])


@pytest.mark.parametrize("shape", [(0,), (2, 0, 3)])
def test_no_elements(shape):
    assert flat(np.zeros(shape)).row.size == 0
