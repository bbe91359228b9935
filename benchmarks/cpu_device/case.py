"""What is measured: a kernel, the plain loop that does the same, and problems for both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Problem:
    """One launch: its geometry, its arguments, and what must come out.

    Kernel and loop take the same arguments; the last is the array they write, which is filled with
    `blank` before each run. A result is right when it is off by at most `tolerance` times the
    largest expected number; the share `rounded` of all elements may be off by anything, where
    rounding decides a branch.
    """

    grid: tuple[int, ...]
    block: tuple[int, ...]
    arguments: tuple
    expected: np.ndarray
    tolerance: float = 0.0
    rounded: float = 0.0
    blank: float = np.nan

    @property
    def output(self) -> np.ndarray:
        """The array that kernel and loop write."""
        return self.arguments[-1]

    def clear(self) -> None:
        """Make the output what it has to be before a run."""
        self.output.fill(self.blank)

    def check(self, name: str) -> None:
        """Raise AssertionError when the output is not what is expected."""
        limit = self.tolerance * np.abs(self.expected).max()
        off = ~(np.abs(self.output - self.expected.astype(np.float64)) <= limit)  # a NaN is off
        wrong = np.count_nonzero(off)
        if wrong > self.rounded * off.size:
            first = tuple(int(n) for n in np.argwhere(off)[0])
            found, expected = self.output[first], self.expected[first]
            where = f"first at {first}: {found}, expected {expected} within {limit:.2g}"
            raise AssertionError(f"{name}: {wrong} of {off.size} elements are wrong, {where}")


@dataclass(frozen=True)
class Case:
    """One operation. `problem(random, size)` makes the problem of a size from seeded numbers.

    `waits` says for what threads wait: "", "barriers", or "shuffles", maybe beside barriers. The
    simulator runs the small problem, the plain loop the large one, our device both.
    """

    name: str
    kernel: Callable
    loop: Callable
    problem: Callable[[np.random.Generator, int], Problem]
    small: int
    large: int
    waits: str = ""

    def make(self, size: int) -> Problem:
        """Return the problem of this size, the same one in every process."""
        return self.problem(np.random.default_rng(size), size)

    @property
    def beyond_simulator(self) -> str:
        """Why numba's simulator cannot run the kernel; "" where it can."""
        return "has no warp operations" if self.waits == "shuffles" else ""


def blocks(threads: int, block: int) -> int:
    """Return how many blocks of `block` threads hold `threads` threads."""
    return -(-threads // block)
