"""A launch of the reader's kernel: sanitized, recorded, and held to the error bound."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.cpu.instrumentation.finding import FoundError
from crosscheck.kernels.cpu.sanitizer.recorder import ALLOCATION_SPACING
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, SHARED, STORE, Trace, recording
from crosscheck.parity import bounds

Size = int | tuple[int, ...]


class Watched:
    """A launch that ran without a finding, on arrays that each have memory of their own."""

    def __init__(self, trace: Trace, grid: Size, block: Size, arguments: Sequence[Any]) -> None:
        self.trace, self.grid, self.block = trace, _extents(grid), _extents(block)
        self._arrays = [each for each in arguments if isinstance(each, np.ndarray)]

    def accesses(self, array: np.ndarray, kind: int) -> Trace:
        """Return the accesses of a kind, LOAD or STORE, to one of the arguments."""
        number = next(n for n, each in enumerate(self._arrays, 1) if each is array)
        trace = self.trace
        is_its = (trace.space == GLOBAL) & (trace.address // ALLOCATION_SPACING == number)
        return trace.select(is_its & (trace.kind == kind))

    def shared(self, kind: int) -> Trace:
        """Return the accesses of a kind to shared memory."""
        return self.trace.select((self.trace.space == SHARED) & (self.trace.kind == kind))

    def holds(
        self, name: str, array: np.ndarray, exact: np.ndarray, limit: np.ndarray | float = 0.0
    ) -> None:
        """Raise Wrong, with the thread and the line, where an output is further off than `limit`.

        `exact` is in float64; `array` is one of the launch's arguments, which messages call `name`.
        """
        wrong = bounds.differs(array, exact, np.broadcast_to(limit, exact.shape))
        if not wrong.any():
            return
        first = np.unravel_index(int(wrong.argmax()), wrong.shape)
        element = f"{name}[{', '.join(map(str, first))}]"
        many = f"{wrong.sum()} of {wrong.size} elements"
        writer = self.writer(array, int(wrong.argmax()))
        if writer is None:
            across, down, _ = (g * b for g, b in zip(self.grid, self.block, strict=True))
            threads = f"{across} x {down}" if down > 1 else f"{across}"
            why = f"{many} are wrong; the grid has {threads} threads"
            raise Wrong(f"{element} is written by no thread ({why})")
        expected = f"expected {exact[first]:g} ({many} are wrong)"
        raise Wrong(f"{element} is {array[first]:g}; {expected}. It is written by {writer}")

    def writer(self, array: np.ndarray, element: int) -> str | None:
        """Return which thread wrote an element last, and in which line; None if none did."""
        stores = self.accesses(array, STORE)
        at = np.flatnonzero(stores.address % ALLOCATION_SPACING == element * array.itemsize)
        if not len(at):
            return None
        thread = _coordinates(int(stores.thread[at[-1]]), self.block)
        block = _coordinates(int(stores.block[at[-1]]), self.grid)
        return f"thread {thread} of block {block}, {stores.sites[stores.site[at[-1]]][1]}"


def by_line(trace: Trace) -> dict[tuple[str, str], int]:
    """Return how many accesses there are to each array in each line: {(name, "file.py:12"): 64}."""
    counts = Counter(trace.sites[site] for site in trace.site)
    order = sorted(counts, key=lambda site: (int(site[1].rpartition(":")[2]), site[0]))
    return {tuple(site): counts[site] for site in order}


def launch(kernel: Callable, grid: Size, block: Size, *arguments: Any) -> Watched:
    """Launch a kernel under all tools of the sanitizer, and record it. Raises Wrong for findings,
    for what is no kernel or does not compile, and for a launch that is refused.
    """
    if not hasattr(kernel, "__getitem__"):
        name = getattr(kernel, "__name__", repr(kernel))
        raise Wrong(f"{name} is no kernel; expected @cuda.jit above it")
    try:
        with recording() as traces, modes.using(sanitize=True, keep_going=False, same_value=True):
            kernel[grid, block](*arguments)
    except FoundError as error:
        texts = dict.fromkeys(f"{finding.tool}: {finding}" for finding in error.findings)
        raise Wrong("\n".join(texts)) from None
    except NumbaError as error:
        raise Wrong(f"the kernel does not compile: {_shortened(str(error))}") from None
    except (TypeError, ValueError, RuntimeError) as error:
        raise Wrong(f"the launch is refused: {error}") from None
    return Watched(traces[0][1], grid, block, arguments)


def _shortened(message: str) -> str:
    """Return of numba's long message the place in the source and the reason."""
    places = re.findall(r'File "(?:.*/)?([^/"]+)", line (\d+)', message)
    nested = re.search(r"raised a specific error:\s+(.+)", message)
    reasons = [line for line in message.splitlines() if not line.startswith("Failed in")]
    reason = nested[1] if nested else reasons[0] if reasons else message
    return f"{':'.join(places[-1])}: {reason}" if places else reason


def unwritten(*shape: int) -> np.ndarray:
    """Return an array of float32 for a kernel to write: NaN wherever it does not."""
    return np.full(shape, np.nan, np.float32)


def _extents(size: Size) -> tuple[int, int, int]:
    return (*(size if isinstance(size, tuple) else (size,)), 1, 1)[:3]


def _coordinates(number: int, extents: tuple[int, int, int]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
