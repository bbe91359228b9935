"""Timing several implementations of one problem in turn. A wrong result is never timed."""

import time
from collections.abc import Callable, Mapping

from crosscheck.benchmarks.cpu_device.case import Problem

SECONDS = 1.0  # for one problem, all implementations together
MIN_ROUNDS, MAX_ROUNDS = 5, 200


def shortest_times(
    name: str, problem: Problem, implementations: Mapping[str, Callable], seconds: float = SECONDS
) -> dict[str, float]:
    """Return the shortest time of each implementation in seconds.

    Each first runs once, which compiles it. Then they take turns until the time is up, so that
    other load on the machine affects all of them. Raises AssertionError for a wrong result.
    """
    for which, call in implementations.items():
        run(f"{name}, {which}", problem, call)
    shortest = dict.fromkeys(implementations, float("inf"))
    end = time.perf_counter() + seconds
    for number in range(MAX_ROUNDS):
        if number >= MIN_ROUNDS and time.perf_counter() > end:
            break
        for which, call in implementations.items():
            shortest[which] = min(shortest[which], run(f"{name}, {which}", problem, call))
    return shortest


def run(name: str, problem: Problem, call: Callable) -> float:
    """Return the seconds of one run. Raises AssertionError for a wrong result."""
    problem.clear()
    start = time.perf_counter()
    call(*problem.arguments)
    seconds = time.perf_counter() - start
    problem.check(name)
    return seconds
