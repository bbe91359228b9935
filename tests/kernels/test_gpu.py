"""How numba-cuda takes the arguments of a launch: asked of its own code, no GPU needed."""

import ctypes
import gc
import sys
import warnings
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from numba import cuda
from numba.core import types
from numba.cuda import dispatcher
from numba.cuda.cudadrv import driver

from crosscheck.kernels import gpu, in_use
from crosscheck.kernels.index_type import NUMBERS, TYPES
from crosscheck.kernels.launch import kernel


@kernel
def store(x, number, pair, word):
    x[pair] = x[number, number]


@pytest.mark.parametrize(
    "integer, c_type", [(np.uint32, ctypes.c_uint32), (np.uint64, ctypes.c_uint64)]
)
def test_an_index_keeps_its_type_and_is_passed_as_the_integer_it_is(monkeypatch, integer, c_type):
    number, own = NUMBERS[integer], store.variant("cuda", np.float32, integer).dispatcher
    arguments = np.zeros((4, 4), np.float32), number(3), (number(2), number(1)), np.uint32(7)
    typed = tuple(map(gpu._typed, arguments))

    compiled_for = []
    monkeypatch.setattr(own, "compile", compiled_for.append)
    own._compile_for_args(*typed)  # what the dispatcher's C code calls for arguments of new types
    index = TYPES[integer]
    assert compiled_for[0][1:] == (index, types.UniTuple(index, 2), types.uint32)

    class Launch:  # a compiled kernel, as far as its arguments are concerned
        extensions = own.extensions
        _prepare_args = dispatcher._Kernel._prepare_args

    passed = []
    for type_, value in zip(compiled_for[0][1:], typed[1:], strict=True):
        Launch()._prepare_args(type_, value, 0, [], passed)
    assert [each.value for each in passed] == [3, 2, 1, 7]
    assert [type(each) for each in passed] == [c_type] * 3 + [ctypes.c_uint32]


class DeviceArray:
    """Stands for cupy.ndarray, as far as a launch asks before it is with the driver."""

    def __init__(self, array):
        self.array, self.flags = array, array.flags
        self.dtype, self.ndim, self.size = array.dtype, array.ndim, array.size

    def __dlpack__(self, **how):
        return self.array.__dlpack__(**how)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Stream:
    def __init__(self, ptr, capturing=False):
        self.ptr, self.done, self.capturing = ptr, False, capturing

    def is_capturing(self):
        return self.capturing


class Event:
    def __init__(self, disable_timing):
        pass

    def record(self, stream):
        self.stream = stream

    @property
    def done(self):
        return self.stream.done


@pytest.fixture
def streams(monkeypatch):
    """Install a stand-in for CuPy; return its streams by pointer. 1 is the current one."""
    streams = {ptr: Stream(ptr) for ptr in (1, 2, 3)} | {4: Stream(4, capturing=True)}
    own = SimpleNamespace(
        get_current_stream=lambda: streams[1], ExternalStream=streams.get, Event=Event
    )
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(ndarray=DeviceArray, cuda=own))
    monkeypatch.setattr(cuda, "external_stream", lambda pointer: 0)
    monkeypatch.setattr(in_use, "_held", {})
    return streams


@pytest.fixture
def launched(streams, monkeypatch):
    """Let numba-cuda make launches, but for compiler and driver; return what it compiles for."""
    own, compiled_for = store.variant("cuda", np.float32, np.uint32).dispatcher, []

    def compile(signature):
        compiled_for.append(signature)
        return SimpleNamespace(launch=lambda *_: None, launch_config_sensitive=False)

    monkeypatch.setattr(own, "compile", compile)
    return compiled_for


def launch(array, configuration=(1, 1)):
    number = NUMBERS[np.uint32](3)
    rest = number, (number, number), np.uint32(7)
    store.variant("cuda", np.float32, np.uint32)[configuration](array, *rest)
    return rest


def read_only(array):
    array.flags.writeable = False
    return array


SQUARE = np.zeros((4, 4), np.float32)
LAYOUTS = {
    "C": SQUARE,
    "F": SQUARE.T,
    "strided": np.zeros((4, 8), np.float32)[:, ::2],
    "reversed": SQUARE[::-1],
    "read-only": read_only(SQUARE.copy()),
    "broadcast": np.broadcast_to(SQUARE[0], (4, 4)),
    "broadcast to one row": np.broadcast_to(SQUARE[0], (1, 4)),
    "one row of many": np.zeros((4, 8), np.float32)[:1, :4],
    "empty": np.zeros((0, 8), np.float32)[:, ::2],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_inspect_and_a_launch_type_an_array_alike(layout, launched):
    array = LAYOUTS[layout]
    rest = launch(DeviceArray(array))
    kernel = store.variant("cuda", np.float32, np.uint32)
    assert launched == [kernel.signature((array, *rest))]
    flags = array.flags
    wanted = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    assert launched[0][0] == types.Array(types.float32, 2, wanted)  # one that may be written


def test_numba_takes_the_memory_through_dlpack(streams):
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(np.from_dlpack(gpu._typed(DeviceArray(array))), array)


def test_a_small_grid_warns_for_the_users_own_kernels_alone(launched):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        launch(DeviceArray(SQUARE), (3, 1))
        assert launched and not warned
        cuda.jit(lambda x: None)[3, 1]
    assert [each.category.__name__ for each in warned] == ["NumbaPerformanceWarning"]


def launch_on(stream):
    """Launch on the stream; return a reference to an array that nobody else keeps."""
    array = DeviceArray(SQUARE)
    launch(array, (1, 1, stream))
    return weakref.ref(array)


def alive(reference):
    gc.collect()
    return reference() is not None


def test_a_launch_on_another_stream_keeps_its_arrays_until_it_is_done(launched, streams):
    first, second, other = launch_on(streams[2]), launch_on(streams[2]), launch_on(streams[3])
    assert alive(first) and alive(second) and alive(other)
    streams[2].done = True
    last = launch_on(streams[3])
    assert not alive(first) and not alive(second)
    assert alive(other) and alive(last)


@pytest.mark.parametrize("stream", [None, 0, 1, 4], ids=["none", "zero", "current", "capturing"])
def test_nothing_is_kept_where_the_stream_orders_it_or_a_graph_is_captured(
    stream, launched, streams
):
    assert not alive(launch_on(streams.get(stream, stream)))


def test_a_stream_of_numbas_is_told_from_cupys_current_one(launched, streams):
    assert alive(launch_on(driver.Stream(2)))
    assert not alive(launch_on(driver.Stream(1)))
