"""Placement on CUDA, with a stand-in for CuPy whose memory is its own: no GPU is needed."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck.parity.placement import PlacedArray, strides_of, synchronize, to_device, to_host


class DeviceArray:
    """An array in memory that the host reaches only through get and set."""

    def __init__(self, shape, dtype, pointer, strides=None):
        self.memory, offset = pointer
        self.host_view = np.ndarray(shape, dtype, self.memory, offset, strides)
        self.data = Pointer(pointer)

    def get(self):
        return self.host_view.copy()

    def set(self, values):
        self.host_view[...] = values


class Pointer(tuple):
    def __add__(self, offset):
        return Pointer((self[0], self[1] + offset))


@pytest.fixture
def waits(monkeypatch):
    """Install the stand-in; return what counts the synchronisations."""
    counted = []
    stream = SimpleNamespace(synchronize=lambda: counted.append(None))
    cupy = SimpleNamespace(
        ndarray=DeviceArray,
        asarray=lambda a: DeviceArray(a.shape, a.dtype, Pointer((bytearray(a.tobytes()), 0))),
        cuda=SimpleNamespace(get_current_stream=lambda: stream),
    )
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    return counted


@pytest.mark.parametrize("layout", ["contiguous", "strided", "channels_last", "reversed"])
def test_an_array_on_the_device_has_its_values_and_strides(waits, layout):
    values = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    strides = strides_of(layout, values.shape)
    placed = PlacedArray(values.shape, "float32", strides, "cuda", values)
    assert np.array_equal(placed.array.get(), values)
    assert placed.array.host_view.strides == tuple(4 * step for step in strides)
    assert not placed.restore()


def test_a_change_on_the_device_is_seen_and_put_back_there(waits):
    placed = PlacedArray((3,), "float64", (1,), "cuda", np.ones(3))
    placed.array.host_view[1] = 5
    assert placed.restore()
    assert placed.array.get().tolist() == [1, 1, 1]
    assert not placed.restore()


def test_outputs_are_collected_from_the_device(waits):
    placed = PlacedArray((2, 2), "float32", (2, 1), "cuda")
    placed.array.host_view[0] = 3
    values, unwritten, outside = placed.collect()
    assert values[0].tolist() == [3, 3] and (unwritten, outside) == (2, 0)


def test_only_the_gpu_is_waited_for(waits):
    synchronize("cpu")
    assert waits == []
    synchronize("cuda")
    assert len(waits) == 1


def test_any_dtype_goes_there_and_back(waits):
    there = to_device(np.array([True, False]), "cuda")
    assert isinstance(there, DeviceArray)
    assert to_host(there).tolist() == [True, False]
