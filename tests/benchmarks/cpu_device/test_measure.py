"""Implementations take turns, the shortest time counts, and a wrong result is not timed."""

import numpy as np
import pytest

from crosscheck.benchmarks.cpu_device import measure
from crosscheck.benchmarks.cpu_device.case import Problem


def doubled():
    x = np.arange(5.0)
    return Problem((1,), (1,), (x, np.empty(5)), 2 * x)


def double(x, y):
    y[:] = x + x


def test_the_shortest_time_of_each_implementation(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock[0])
    durations = iter([9.0, 4.0, 3.0, 5.0, 6.0, 7.0])  # the first run compiles: it does not count

    def slow(x, y):
        clock[0] += next(durations)
        double(x, y)

    assert measure.shortest_times("double", doubled(), {"slow": slow}, seconds=0) == {"slow": 3.0}


def test_implementations_take_turns():
    turns = []

    def noted(name):
        return lambda x, y: (turns.append(name), double(x, y))

    measure.shortest_times("double", doubled(), {"a": noted("a"), "b": noted("b")}, seconds=0)
    assert turns == ["a", "b"] * (1 + measure.MIN_ROUNDS)


def test_a_result_that_is_wrong_only_once():
    calls = []

    def third_forgets(x, y):
        calls.append(1)
        if len(calls) != 3:  # the third leaves the cleared output
            double(x, y)

    with pytest.raises(AssertionError, match="double, device: 5 of 5 elements are wrong"):
        measure.shortest_times("double", doubled(), {"device": third_forgets})
    assert len(calls) == 3
