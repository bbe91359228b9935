"""What a GPU says of itself; no GPU is needed to read it."""

import subprocess
import time

import numpy as np
import pytest

from crosscheck.benchmarks.protocol import sensors
from crosscheck.benchmarks.protocol.device import Cpu
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.protocol.measure import Protocol, measure
from crosscheck.benchmarks.protocol.sensors import Sensors
from crosscheck.benchmarks.protocol.workload import Store, Workload
from crosscheck.benchmarks.subjects import Prepared, Subject
from crosscheck.benchmarks.suites import Layer


@pytest.fixture(autouse=True)
def no_library(monkeypatch):
    monkeypatch.setattr(sensors, "_from_library", lambda gpu: None)


def answers(monkeypatch, *lines):
    told = iter(lines)
    run = lambda command, **options: subprocess.CompletedProcess(command, 0, next(told))  # noqa: E731
    monkeypatch.setattr(sensors.subprocess, "run", run)


def test_means_and_all_reasons(monkeypatch):
    answers(monkeypatch, "1000, 50, 0x0000000000000001\n", "1400, 60, 0x0000000000000044\n")
    found = Sensors()
    found.read("0000:01:00.0")
    assert found.throttled == ""  # idle holds nothing back
    found.read("0000:01:00.0")
    assert (found.clock_mhz, found.celsius) == (1200, 55)
    assert found.throttled == "power cap, hardware thermal slowdown"


def test_without_a_gpu_nothing_is_said(monkeypatch):
    def missing(command, **options):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(sensors.subprocess, "run", missing)
    found = Sensors()
    found.read("0000:01:00.0")
    assert (found.clock_mhz, found.celsius, found.throttled) == (0.0, 0.0, "")


def test_what_throttles_for_a_while_shows_in_the_row(monkeypatch):
    """Of many answers while a row is timed only one, neither the first nor the last, says so."""
    told, asked = [], []

    def answer(gpu):
        asked.append(gpu)
        told.append(0x8 if len(told) == 2 else 0)
        return 1500.0, 60.0, told[-1]

    monkeypatch.setattr(sensors, "_from_library", answer)
    monkeypatch.setattr(sensors, "PAUSE", 0.001)
    monkeypatch.setattr(Cpu, "address", "0000:01:00.0")
    store = Store(Cpu(), "float32", 0)
    work = Workload(Layer("relu", "relu", {"input": (9, 9)}), "forward", "nchw", Cpu(), store)

    def prepare(workload):
        def call():
            if len(told) < 6:
                time.sleep(0.01)
            return np.maximum(workload.tensors["input"], 0)

        return Prepared(call)

    limits = Limits(least=10, most=10, warm_up=0.0)
    numbers = measure(
        Subject("numpy", "", prepare), [work], Protocol({"copy": 1e15, "FFMA": 1e15}, limits)
    )
    assert numbers["throttled"] == "hardware slowdown" and set(asked) == {"0000:01:00.0"}
    assert (numbers["clock_mhz"], numbers["celsius"]) == (1500, 60)
    after = len(told)
    time.sleep(0.02)
    assert len(told) == after > 3 and told[0] == told[-1] == 0  # it has stopped


def test_without_an_answer_nothing_is_asked_again(monkeypatch):
    asked = []
    monkeypatch.setattr(sensors, "_from_command", asked.append)
    monkeypatch.setattr(sensors, "PAUSE", 0.001)
    with sensors.watched("0000:01:00.0") as found:
        time.sleep(0.02)
    assert len(asked) == 1 and found.clock_mhz == 0.0
    with sensors.watched(""):
        pass
    assert len(asked) == 1


def test_an_answer_in_another_form_is_none(monkeypatch):
    answers(monkeypatch, "[N/A], 50, 0x1\n")
    found = Sensors()
    found.read("0000:01:00.0")
    assert found.clock_mhz == 0.0
