"""numba.cuda's functions for the host: shared arrays, hints, streams, events, the device."""

import asyncio
import time

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda


@cuda.jit
def double(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2


@pytest.mark.parametrize("make", [cuda.pinned_array, cuda.mapped_array, cuda.managed_array])
def test_shared_arrays_are_numpy_arrays_that_kernels_change(make):
    x = make((2, 3), np.int32, order="F")
    assert isinstance(x, np.ndarray) and x.flags.f_contiguous
    x[:] = 3
    double.forall(6)(x.ravel(order="K"))
    assert (x == 6).all()


def test_shared_arrays_are_device_memory_too():
    x = cuda.mapped_array_like(np.zeros(3))
    x[:] = 1
    assert cuda.to_device(x) is x
    double[1, 3](cuda.as_cuda_array(x))
    assert x.copy_to_host().tolist() == [2, 2, 2]
    assert cuda.pinned_array_like(np.zeros((2, 2), np.int8)).dtype == np.int8


def test_pinned_and_mapped_contexts():
    x, y = np.ones(3), np.ones(3)
    with cuda.pinned(x, y), cuda.mapped(x) as one, cuda.mapped(x, y, stream=0) as (_, other):
        double[1, 3](one)
        double[1, 3](other)
    assert x.tolist() == y.tolist() == [2, 2, 2]


def test_hints_decide_what_is_copied():
    seen = cuda.mapped_array(1)

    @cuda.jit
    def add_one(x, seen):
        seen[0] = x[0]
        x[0] += 1

    for hint, value, found in ((cuda.In, 5, 5), (cuda.InOut, 6, 5), (cuda.Out, np.nan, np.nan)):
        x = np.full(1, 5.0)
        add_one[1, 1](hint(x), seen)
        assert np.array_equal(x, [value], equal_nan=True)
        assert np.array_equal(seen, [found], equal_nan=True)
    d = cuda.to_device(np.full(1, 5.0))
    for hint in (cuda.In, cuda.Out):
        add_one[1, 1](hint(d), seen)  # a device array is never copied
    assert d[0] == 7


def test_streams_are_always_done():
    stream, called = cuda.stream(), []
    with stream.auto_synchronize():
        d = cuda.to_device(np.ones(2), stream=stream)
        double[1, 2, stream](d)
        stream.add_callback(lambda *given: called.append(given), "argument")
    assert called == [(stream, 0, "argument")]
    assert d.copy_to_host(stream=stream).tolist() == [2, 2]
    assert int(cuda.default_stream()) == 0 != int(stream) != int(cuda.stream())
    assert int(cuda.external_stream(77)) == 77
    assert d.bind(stream).stream is stream

    async def wait():
        return await asyncio.gather(stream.async_done(), stream.async_done())

    assert asyncio.run(wait()) == [stream, stream]
    cuda.synchronize()


def test_events_measure_the_time_between_them():
    start, end = cuda.event(), cuda.event()
    start.record()
    time.sleep(0.02)
    end.record(cuda.stream())
    end.synchronize()
    end.wait()
    assert end.query()
    assert 20 <= cuda.event_elapsed_time(start, end) == start.elapsed_time(end) < 2000
    for one, other in ((start, cuda.event()), (cuda.event(timing=False), end)):
        with pytest.raises(ValueError, match="event has no time; expected one made with timing"):
            one.elapsed_time(other)


def test_the_device_has_the_limits_of_launches(capsys):
    device = cuda.get_current_device()
    assert device is cuda.gpus[0] is cuda.list_devices().current is cuda.select_device(0)
    assert cuda.current_context().device is device
    double[1, device.MAX_THREADS_PER_BLOCK]
    with pytest.raises(ValueError):
        double[1, device.MAX_THREADS_PER_BLOCK + 1]
    assert device.WARP_SIZE == cuda.warpsize == 32
    assert device.MULTIPROCESSOR_COUNT >= 1 and len(device.compute_capability) == 2
    free, total = cuda.current_context().get_memory_info()
    assert 0 < free < total
    assert cuda.is_available() and cuda.is_supported_version() and cuda.detect()
    assert device.name.decode() in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="there is no device 1"):
        cuda.select_device(1)
    with cuda.gpus[0], cuda.defer_cleanup(), cuda.profiling():
        cuda.close()


def test_what_has_no_meaning_on_a_cpu_is_named():
    with pytest.raises(NotImplementedError, match="cuda.compile_ptx: the CPU device makes no PTX"):
        cuda.compile_ptx(len, "int32(int32)")


def test_code_to_link_is_refused_where_it_is_linked():
    code = cuda.CUSource("__device__ int f();", name="f.cu")
    with pytest.raises(NotImplementedError, match=r"link is \[CUSource\('f.cu'\)\]"):
        cuda.jit(link=[code])


def test_other_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="the CPU device has no cuda.griddy"):
        cuda.griddy  # noqa: B018
