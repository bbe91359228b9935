"""What a GPU says of itself; no GPU is needed to read it."""

import subprocess

import pytest

from crosscheck.benchmarks.protocol import sensors
from crosscheck.benchmarks.protocol.sensors import Sensors


@pytest.fixture(autouse=True)
def no_library(monkeypatch):
    monkeypatch.setattr(sensors, "_from_library", lambda: None)


def answers(monkeypatch, *lines):
    told = iter(lines)
    run = lambda command, **options: subprocess.CompletedProcess(command, 0, next(told))  # noqa: E731
    monkeypatch.setattr(sensors.subprocess, "run", run)


def test_means_and_all_reasons(monkeypatch):
    answers(monkeypatch, "1000, 50, 0x0000000000000001\n", "1400, 60, 0x0000000000000044\n")
    found = Sensors()
    found.read()
    assert found.throttled == ""  # idle holds nothing back
    found.read()
    assert (found.clock_mhz, found.celsius) == (1200, 55)
    assert found.throttled == "power cap, hardware thermal slowdown"


def test_without_a_gpu_nothing_is_said(monkeypatch):
    def missing(command, **options):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(sensors.subprocess, "run", missing)
    found = Sensors()
    found.read()
    assert (found.clock_mhz, found.celsius, found.throttled) == (0.0, 0.0, "")


def test_an_answer_in_another_form_is_none(monkeypatch):
    answers(monkeypatch, "[N/A], 50, 0x1\n")
    found = Sensors()
    found.read()
    assert found.clock_mhz == 0.0
