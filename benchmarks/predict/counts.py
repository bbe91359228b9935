"""What a warp executes at least, by its machine code and by what its threads achieve.

One that has a predicate is counted as issued; not as arithmetic or an access, because it may be
off. What it achieves is counted as if it were on.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, STORE
from crosscheck.kernels.inspect import accesses, sass
from crosscheck.kernels.inspect.ceiling import SINGLE
from crosscheck.kernels.inspect.least import Curve, Flow
from crosscheck.kernels.inspect.memory.block import Class
from crosscheck.kernels.inspect.sass import Instruction

Count = Callable[[Instruction], float]
Achieved = Mapping[str, float]  # by a thread, by the names of GAINS

_FMAS = {"FFMA": 1, "FFMA2": 2}
_SHARED_STORES = accesses.SHARED_STORES | {"LDGSTS"}


def _bytes(operations: set[str]) -> Count:
    return lambda each: accesses.width(each) if each.operation in operations else 0


def _executed(operations: set[str]) -> Count:
    return lambda each: each.operation in operations and not (each.conditional or each.dead)


COSTS: Mapping[str | Class, Count] = {
    "instructions": lambda each: 1,
    "fmas": _executed(SINGLE),
    "accesses": _executed(accesses.EVERY),
    (SHARED, LOAD): _executed(accesses.SHARED_LOADS),
    (SHARED, STORE): _executed(_SHARED_STORES),
    (GLOBAL, LOAD): _executed(accesses.GLOBAL_LOADS),
    (GLOBAL, STORE): _executed(accesses.GLOBAL_STORES),
}
MULTIPLY_ADDS = "multiply-adds"
OF_BLOCKS: Mapping[str, Count] = {  # by the names that memory/block.py gives them
    "shared_stored": _bytes(_SHARED_STORES),
    "shared_loaded": _bytes(accesses.SHARED_LOADS),
    "global_stored": _bytes(accesses.GLOBAL_STORES),
    "global_loaded": _bytes(accesses.GLOBAL_LOADS),
}
GAINS = {MULTIPLY_ADDS: lambda each: _FMAS.get(each.operation, 0), **OF_BLOCKS}


class Counts:
    """The counts of a program, from the text of nvdisasm."""

    def __init__(self, text: str) -> None:
        self._flow = Flow(sass.parse(text))
        self._costs = {name: self._flow.totals(count) for name, count in COSTS.items()}
        self._gains = {name: self._flow.totals(count) for name, count in GAINS.items()}
        self._curve = cache(self._new_curve)

    @property
    def multiply_adds(self) -> float:
        """How many the program has, each counted once."""
        return sum(self._gains[MULTIPLY_ADDS])

    def at_least(self, cost: str | Class, achieved: Achieved) -> float:
        """Return the least of a cost on a way that achieves this of each, and of all together."""
        needed = {name: each for name, each in achieved.items() if each > 0}
        bounds = [self._curve(cost, name).at(each) for name, each in needed.items()]
        if len(needed) != 1:
            together = [
                sum(self._gains[name][block] / each for name, each in needed.items())
                for block in range(len(self._costs[cost]))
            ]
            bounds.append(self._flow.least(self._costs[cost], together).at(len(needed)))
        return max(bounds)

    def _new_curve(self, cost: str | Class, gain: str) -> Curve:
        return self._flow.least(self._costs[cost], self._gains[gain])


counts = lru_cache(maxsize=64)(Counts)  # a kernel computes many layers
