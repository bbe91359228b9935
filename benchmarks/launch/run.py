"""Time warm calls up to the first launch, and as a whole, beside a launch that does nothing."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crosscheck.benchmarks.launch import calls, stand_ins

ROUNDS = 3000


@dataclass(frozen=True)
class Result:
    """Microseconds of the host: the shortest of all rounds, and their median.

    before  from the call to its first launch
    whole   from the call to its return, launches included
    """

    name: str
    launches: int
    before: float
    before_median: float
    whole: float
    whole_median: float


class Driver:
    """Stands for the driver: notes when it was first called, does nothing."""

    def __init__(self) -> None:
        self.calls, self.first = 0, 0.0

    def launch(self, *given: Any) -> tuple:
        if not self.calls:
            self.first = time.perf_counter()
        self.calls += 1
        return stand_ins.DONE

    def time(self, name: str, call: Callable[[], object], rounds: int) -> Result:
        """Time a call. Its first rounds make it warm, and are not counted."""
        befores, wholes = [], []
        for number in range(-2, rounds):
            self.calls = 0
            start = time.perf_counter()
            call()
            end = time.perf_counter()
            if number >= 0:
                befores.append((self.first - start) * 1e6)
                wholes.append((end - start) * 1e6)
        times = (
            each(seconds) for seconds in (befores, wholes) for each in (min, statistics.median)
        )
        return Result(name, self.calls, *times)


def run(rounds: int = ROUNDS) -> list[Result]:
    """Return the results; the first is that of an empty launch, called as the kernels call it."""
    driver = Driver()
    with stand_ins.installed(driver.launch):
        results = [driver.time("an empty launch", lambda: driver.launch(*range(11)), rounds)]
        for name, call in calls.calls().items():
            results.append(driver.time(name, call, rounds))
    return results
