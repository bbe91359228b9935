"""The simulator runs in its own process."""

import pytest

from crosscheck.benchmarks.cpu_device import simulator


def test_cases_are_timed_one_after_the_other():
    names = ["row sums, tree", "Jacobi step"]
    found = list(simulator.times(names))
    assert [name for name, _ in found] == names
    assert all(0.01 < seconds < 100 for _, seconds in found)


def test_a_failure_shows_the_output_of_the_process():
    with pytest.raises(RuntimeError, match="KeyError: 'no such case'"):
        list(simulator.times(["no such case"]))
