"""Timing runs of one problem, several ways of doing it in turn. A wrong result is never timed."""

import time
from collections.abc import Callable, Mapping

from crosscheck.benchmarks.cpu_device.case import Problem

SECONDS = 1.0  # for one problem, all ways together
LEAST, MOST = 5, 200  # rounds


def shortest(
    name: str, problem: Problem, ways: Mapping[str, Callable], seconds: float = SECONDS
) -> dict[str, float]:
    """Return the shortest time of each way in seconds.

    Each is first run once, which compiles it. Then they take turns until the time is up: what else
    the machine does meets all of them. Raises AssertionError when one leaves a wrong result.
    """
    for way, call in ways.items():
        run(f"{name}, {way}", problem, call)
    found = dict.fromkeys(ways, float("inf"))
    end = time.perf_counter() + seconds
    for turn in range(MOST):
        if turn >= LEAST and time.perf_counter() > end:
            break
        for way, call in ways.items():
            found[way] = min(found[way], run(f"{name}, {way}", problem, call))
    return found


def run(name: str, problem: Problem, call: Callable) -> float:
    """Return the seconds of one run. Raises AssertionError when its result is wrong."""
    problem.clear()
    start = time.perf_counter()
    call(*problem.arguments)
    seconds = time.perf_counter() - start
    problem.check(name)
    return seconds
