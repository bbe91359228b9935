"""A case: a kernel, a plain loop that computes the same, and problems for both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Problem:
    """One launch: its grid and block, its arguments, and the expected result.

    Kernel and loop take the same arguments. The last is their output, which is filled with
    `initial` before each run. An element is right if it differs from the expected one by at most
    `tolerance` times the largest expected number. The fraction `outliers` of the elements may be
    wrong by any amount: rounding decides a branch there.
    """

    grid: tuple[int, ...]
    block: tuple[int, ...]
    arguments: tuple
    expected: np.ndarray
    tolerance: float = 0.0
    outliers: float = 0.0
    initial: float = np.nan

    @property
    def output(self) -> np.ndarray:
        """The array that kernel and loop write to."""
        return self.arguments[-1]

    def clear(self) -> None:
        """Fill the output with `initial`."""
        self.output.fill(self.initial)

    def check(self, name: str) -> None:
        """Raise AssertionError where the output is wrong; the message begins with `name`."""
        limit = self.tolerance * np.abs(self.expected).max()
        error = np.abs(self.output - self.expected.astype(np.float64))
        wrong = ~(error <= limit)  # a NaN is wrong
        count = np.count_nonzero(wrong)
        if count > self.outliers * wrong.size:
            first = tuple(int(n) for n in np.argwhere(wrong)[0])
            found, expected = self.output[first], self.expected[first]
            where = f"first at {first}: {found}, expected {expected} within {limit:.2g}"
            raise AssertionError(f"{name}: {count} of {wrong.size} elements are wrong, {where}")


@dataclass(frozen=True)
class Case:
    """One operation, as a kernel and as a plain loop.

    problem       `problem(random, size)` makes the problem of a size from seeded random numbers
    small, large  the sizes: the simulator runs the small one, the loop the large, the device both
    waits         what the threads wait at: "", "barriers", or "shuffles" (perhaps barriers too)
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
    def simulator_limitation(self) -> str:
        """Why numba's simulator cannot run the kernel; "" where it can."""
        return "has no warp operations" if self.waits == "shuffles" else ""


def blocks(threads: int, block: int) -> int:
    """Return the number of blocks of `block` threads that `threads` threads need."""
    return -(-threads // block)
