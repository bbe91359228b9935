"""Calls on stand-ins reach the driver's stand-in, and a warm one asks nothing again."""

import sys
from pathlib import Path

import pytest

from crosscheck import kernels, nn
from crosscheck.benchmarks.launch import calls, report, run, stand_ins
from crosscheck.kernels import tuned
from crosscheck.kernels.convolution import CONV2D, implicit_gemm_launch, lookup

OURS = tuple(str(Path(package.__file__).parent) for package in (kernels, nn))


@pytest.fixture(scope="module")
def results():
    return {each.name: each for each in run.run(rounds=3)}


def test_every_call_is_timed_up_to_its_launch(results):
    assert "F.conv2d" in results and "conv2d, pipelined" in results
    for each in results.values():
        assert each.launches >= 1 and 0 < each.before <= each.whole, each
        assert each.before <= each.before_median and each.whole <= each.whole_median


def test_what_an_empty_launch_takes_is_no_part_of_a_call(results):
    rows = [run.Result("", 1, before, 0, 0, 0) for before in (0.25, 6.25)]
    assert report.over_empty(rows, rows[1]) == 6


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
    """The time is for `crosscheck bench launch` to tell; what takes it can be counted."""
    with stand_ins.installed(lambda *given: stand_ins.DONE):
        CONV2D.forget()
        lookup.prepare_kernel.forget()
        implicit_gemm_launch.forward_gemm.cache_clear()
        conv2d = calls.calls()["F.conv2d"]
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
    assert run.run(rounds=1)
