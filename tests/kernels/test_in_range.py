"""The kernel that looks for integers out of range, as on a GPU, run on the CPU device."""

import numpy as np
import pytest

from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.launch import sanitized, wide_index


@pytest.fixture(autouse=True)
def by_kernel(monkeypatch):
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)
    monkeypatch.setattr(deferred, "_notes", {})


def check(values, last=9, exempt=-100):
    with sanitized(), deferred.synchronous():
        in_range.check("lookup", "indices", values, last, exempt, "rows")


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1000, 300 * deferred.BLOCKS])
@pytest.mark.parametrize("value", [10, -1, 2**40, -(2**40)])
def test_one_wrong_value_is_found_wherever_it_is(size, value):
    for where in {0, size // 2, size - 1}:
        values = np.arange(size) % 10
        check(values)
        values[where] = value
        with pytest.raises(IndexError, match=f"^lookup: indices is {value}; expected rows from 0"):
            check(values)


def test_of_many_wrong_values_the_first_is_named_without_a_race():
    with pytest.raises(IndexError, match="indices is 10; expected rows from 0 to 9$"):
        check(np.arange(10, 300 * deferred.BLOCKS))


def test_one_value_is_exempt():
    check(np.array([0, 77, 9]), exempt=77)
    with pytest.raises(IndexError, match="indices is 78"):
        check(np.array([0, 78, 77]), exempt=77)


def test_bytes_and_any_strides():
    values = np.arange(40, dtype=np.uint8).reshape(4, 10)[::-2, ::3]
    check(values, last=39)
    with pytest.raises(IndexError, match="indices is 39; expected rows from 0 to 38$"):
        check(values, last=38)


def test_nothing_is_looked_at_where_there_is_nothing():
    check(np.zeros((0, 3), np.int64), last=-1)
    with pytest.raises(IndexError, match="indices is 0; expected rows from 0 to -1$"):
        check(np.zeros((1, 3), np.int64), last=-1)


def test_indices_of_64_bits_find_the_same():
    with wide_index(), pytest.raises(IndexError, match="indices is 10;"):
        check(np.arange(1000))


def test_at_hand_the_values_are_looked_at_before_anything_is_launched(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(in_range, "range_kernel", None)
    in_range.check("lookup", "indices", np.array([0, 9, -100]), 9, -100, "rows")
    with pytest.raises(IndexError, match="^lookup: indices is 12; expected rows from 0 to 9$"):
        in_range.check("lookup", "indices", np.array([[3, 12], [-1, 4]]), 9, -100, "rows")
