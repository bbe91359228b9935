"""Calls on stand-ins reach the driver's stand-in, and a warm one asks nothing again."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cuda.bindings import driver

from crosscheck import kernels, nn
from crosscheck.benchmarks.launch import TO_LAUNCH, WHOLE, calls, measure, stand_ins
from crosscheck.benchmarks.protocol import clock, device
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.kernels import tuned
from crosscheck.kernels.convolution import CONV2D, implicit_gemm_launch, lookup


def array(shape):
    return stand_ins.GPUArray(np.zeros(shape, np.float32))


OURS = tuple(str(Path(package.__file__).parent) for package in (kernels, nn))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(measure, "LEAST", 3)
    monkeypatch.setattr(measure, "MOST", 3)


def measured(name, direction=WHOLE):
    return measure.ours(name, direction, "float32", device.of("cpu"), Limits())


@pytest.mark.parametrize("name", ["F.conv2d", "F.relu", "conv2d, pipelined", "linear, tiled"])
def test_a_call_is_timed_up_to_its_launch_and_as_a_whole(name):
    start, whole = measured(name, TO_LAUNCH), measured(name)
    assert 0 < start["low"] <= start["microseconds"] <= start["high"]
    assert start["microseconds"] < start["host_microseconds"]
    assert whole["microseconds"] == whole["host_microseconds"] and whole["samples"] == 3


def test_every_call_can_be_made():
    with stand_ins.installed(lambda *given: stand_ins.DONE):
        for name in calls.NAMES:
            calls.ours(name, array)()


def test_a_call_that_launches_nothing_is_no_measurement(monkeypatch):
    monkeypatch.setattr(calls, "ours", lambda name, array: lambda: None)
    with pytest.raises(Wrong, match="no kernel of ours was launched"):
        measured("F.relu")


def test_on_a_gpu_the_drivers_own_launches_are_noted(monkeypatch):
    """The driver and CuPy are stand-ins: what is held is that their launches still happen."""
    made = []
    monkeypatch.setattr(driver, "cuLaunchKernel", lambda *given: made.append(given))
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(zeros=np.zeros))
    launches = measure.Launches()
    with measure._on_gpu(launches, "float32") as make:
        assert make((2, 3)).dtype == np.float32
        before = clock.now()
        driver.cuLaunchKernel(1)
        driver.cuLaunchKernel(2)
    driver.cuLaunchKernel(3)
    assert made == [(1,), (2,), (3,)] and launches.count == 2 and launches.first > before


def functions_called(call):
    """Return the names of our functions that a call runs."""
    names = []

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            names.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return names


MADE_ONCE = {"Call.__init__", "Kernel._prepare", "Packer.__init__", "_schedule", "forward_axes"}


def test_a_warm_call_prepares_nothing_and_waits_for_nothing(monkeypatch):
    """The time is for `bench run --suite launch` to tell; what takes it can be counted."""
    # Its three launches are those that the limits below were counted for.
    table = CONV2D.algorithms["forward"].items()
    others = {name: each for name, each in table if name != "tensor_core_3x"}
    monkeypatch.setitem(CONV2D.algorithms, "forward", others)
    with stand_ins.installed(lambda *given: stand_ins.DONE):
        CONV2D.forget()
        lookup.prepare_kernel.forget()
        implicit_gemm_launch.forward_gemm.cache_clear()
        conv2d = calls.ours("F.conv2d", array)
        cold = functions_called(conv2d)

        def wait():
            raise AssertionError("a warm call waits for the GPU")

        monkeypatch.setattr(sys.modules["cupy"].cuda.get_current_stream(), "synchronize", wait)
        warm = functions_called(conv2d)
    assert set(cold) >= MADE_ONCE
    assert not MADE_ONCE & set(warm)
    assert warm.count("Kernel._launch") == 3  # weights laid out, product, parts added
    assert warm.index("Kernel._launch") <= 45 and len(warm) <= 140, warm


def test_who_has_tuned_can_measure_it_too(monkeypatch):
    CONV2D.forget()
    key = tuned.Key("a device", "conv2d", "forward", "a problem", "a layout")
    monkeypatch.setattr(tuned, "_known", {key: tuned.Measured("direct", {"direct": 1.0})})
    assert measured("F.conv2d")
