"""A launch on CuPy arrays, up to the driver: stand-ins take the place of CuPy and the driver."""

import gc
import sys
import warnings
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from cuda.bindings import driver
from ml_dtypes import bfloat16
from numba import cuda
from numba.core import types
from numba.cuda.cudadrv import driver as numba_driver

from crosscheck.kernels import in_use
from crosscheck.kernels.index_type import NUMBERS, TYPES
from crosscheck.kernels.launch import kernel


@kernel
def store(x, number, pair, word):
    x[pair] = x[number, number]


class DeviceArray:
    """Stands for cupy.ndarray, as far as a launch asks before it is with the driver."""

    def __init__(self, array):
        self.flags, self.dtype, self.ndim, self.size = (
            array.flags,
            array.dtype,
            array.ndim,
            array.size,
        )
        self.shape, self.strides, self.itemsize = array.shape, array.strides, array.itemsize
        self.data = SimpleNamespace(ptr=array.ctypes.data, device_id=0)


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
    monkeypatch.setattr(in_use, "_held", {})
    store.forget()
    return streams


@pytest.fixture
def launched(streams, monkeypatch):
    """Let launches be made, but for compiler and driver; return what they are compiled for and what
    the driver is given.
    """
    seen = SimpleNamespace(
        compiled_for=[], given=[], allowed=[], attached=0, static_shared=0, capability=(7, 5)
    )

    def compile(signature):
        seen.compiled_for.append(signature)
        attributes = SimpleNamespace(shared=seen.static_shared)
        function = SimpleNamespace(handle=17, attrs=attributes)
        library = SimpleNamespace(get_cufunc=lambda: function)
        return SimpleNamespace(library=library, cooperative=False)

    def start(*given):
        seen.given.append(given)
        return (driver.CUresult(0),)

    def allow(*given):
        seen.allowed.append(given)
        return (driver.CUresult(0),)

    def attach():
        seen.attached += 1
        return SimpleNamespace(device=SimpleNamespace(id=3, compute_capability=seen.capability))

    own = store.variant("cuda", np.float32, np.uint32).dispatcher
    monkeypatch.setattr(own, "compile", compile)
    monkeypatch.setattr(cuda, "current_context", attach)
    monkeypatch.setattr(driver, "cuLaunchKernel", start)
    monkeypatch.setattr(driver, "cuKernelSetAttribute", allow)
    monkeypatch.setattr(driver, "cuDeviceGetAttribute", lambda *_: (driver.CUresult(0), 227 * 1024))
    yield seen
    store.forget()


def launch(array, configuration=(1, 1)):
    store[configuration](array, 3, (3, 3), np.uint32(7))


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
    launch(DeviceArray(array))
    (found,) = launched.compiled_for
    number = NUMBERS[np.uint32](3)
    kernel = store.variant("cuda", np.float32, np.uint32)
    assert found == kernel.signature((array, number, (number, number), np.uint32(7)))
    flags = array.flags
    wanted = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    assert found[0] == types.Array(types.float32, 2, wanted)  # one that may be written
    index = TYPES[np.uint32]
    assert found[1:] == (index, types.UniTuple(index, 2), types.uint32)


def test_a_kind_of_launch_is_prepared_once(launched):
    for _ in range(3):
        launch(DeviceArray(SQUARE))
    assert len(launched.compiled_for) == 1 and len(launched.given) == 3


def test_the_driver_gets_the_shape_and_the_callers_stream(launched, streams):
    launch(DeviceArray(SQUARE), ((2, 3), 4, streams[2], 100))
    launch(DeviceArray(SQUARE), (5, (4, 2)))
    assert [given[:9] for given in launched.given] == [
        (17, 2, 3, 1, 4, 1, 1, 100, 2),
        (17, 5, 1, 1, 4, 2, 1, 0, 1),
    ]


@pytest.mark.parametrize("static, shared, allowed", [(0, 48, False), (0, 49, True), (8, 41, True)])
def test_more_than_48_kb_of_shared_memory_is_asked_for(static, shared, allowed, launched):
    launched.static_shared = static * 1024
    launch(DeviceArray(SQUARE), (1, 1, None, shared * 1024))
    beside = (227 - static) * 1024
    assert [each[1:] for each in launched.allowed] == ([(beside, 17, 3)] if allowed else [])


def test_bfloat16_needs_a_gpu_that_rounds_to_it(launched):
    launch(DeviceArray(SQUARE.astype(np.float16)))
    array = DeviceArray(SQUARE.astype(bfloat16))
    expected = "store: argument 0 is an array of bfloat16; expected .* 8.0 or newer, not 7.5"
    with pytest.raises(TypeError, match=expected):
        launch(array)
    assert len(launched.compiled_for) == 1  # a refusal comes before the compiler's own error
    launched.capability = 8, 0
    launch(array)


def test_a_small_grid_does_not_warn(launched):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        launch(DeviceArray(SQUARE), (3, 1))


def launch_on(stream):
    """Launch on the stream; return a reference to an array that nobody else keeps."""
    array = DeviceArray(SQUARE)
    launch(array, (1, 1, stream))
    return weakref.ref(array)


def alive(reference):
    gc.collect(1)  # all that is new: a test's process holds much that is old
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
    assert alive(launch_on(numba_driver.Stream(2)))
    assert not alive(launch_on(numba_driver.Stream(1)))
