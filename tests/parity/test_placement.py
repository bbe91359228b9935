import numpy as np
import pytest

from crosscheck.parity.placement import PlacedArray, strides_of

SHAPES = [(), (5,), (2, 3, 4), (2, 3, 4, 5), (0, 3, 2, 2), (1, 1, 1, 1)]
LAYOUTS = ["contiguous", "strided", "channels_last", "reversed", "transposed"]


def place(shape, layout="contiguous", **more):
    return PlacedArray(shape, "float32", strides_of(layout, shape), **more)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_array_holds_its_values_in_every_layout(shape, layout):
    values = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    placed = place(shape, layout, values=values)
    assert np.array_equal(placed.array, values)
    assert placed.holds(values)
    assert not placed.restore()


def test_layouts_are_what_they_are_called():
    shape = (2, 3, 4, 5)
    assert place(shape).array.flags.c_contiguous
    assert not place(shape, "strided").array.flags.c_contiguous
    assert place(shape, "channels_last").array.transpose(0, 2, 3, 1).flags.c_contiguous
    assert place(shape, "reversed").array[::-1, ::-1, ::-1, ::-1].flags.c_contiguous
    assert place(shape, "transposed").array.flags.f_contiguous
    assert strides_of("channels_last", (3, 4, 5)) == strides_of("channels_last", (1, 3, 4, 5))[1:]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pattern", [0, 1])
def test_what_was_never_written_is_counted(layout, pattern):
    placed = place((2, 3, 4, 5), layout, pattern=pattern)
    placed.array[0] = 1
    values, unwritten, outside = placed.collect()
    assert (unwritten, outside) == (60, 0)
    assert (values[0] == 1).all()


def test_a_written_nan_is_not_taken_for_the_poison():
    placed = place((3,))
    placed.array[...] = np.nan
    assert placed.collect()[1:] == (0, 0)


@pytest.mark.parametrize("offset", [-1, 12])
def test_one_element_written_outside_is_counted(offset):
    placed = place((3, 4))
    placed.array[...] = 0
    np.lib.stride_tricks.as_strided(placed.array, (13,), (4,))[12] = 7 if offset == 12 else 0
    if offset == -1:
        before = np.ndarray((1,), "float32", placed._base, placed._offset - 4)
        before[0] = 7
    assert placed.collect()[2] >= 1


def test_a_write_into_the_gap_of_a_strided_array_is_counted():
    placed = place((3, 4), "strided")
    placed.array[...] = 0
    np.lib.stride_tricks.as_strided(placed.array, (2,), (4,))[1] = 7
    assert placed.collect()[1:] == (0, 1)


def test_a_changed_input_is_seen_and_put_back():
    placed = place((4,), values=np.arange(4))
    placed.array[2] = -0.0
    assert placed.restore()
    assert not placed.restore()
    assert placed.array.tolist() == [0, 1, 2, 3]


def test_even_the_sign_of_a_zero_is_a_change():
    placed = place((1,), values=np.zeros(1))
    placed.array[0] = -0.0
    assert placed.restore()


def test_inputs_sit_in_nan_so_that_reading_outside_shows():
    placed = place((3,), values=np.ones(3))
    assert np.isnan(np.lib.stride_tricks.as_strided(placed.array, (4,), (4,))[3])


def test_elements_that_share_memory_do_not_hold_distinct_values():
    placed = PlacedArray((2, 3), "float32", (0, 1), values=np.arange(6).reshape(2, 3))
    assert not placed.holds(np.arange(6).reshape(2, 3))
