"""The least that a thread has to do to get through a kernel's machine code: a lower bound.

How often a GPU executes each instruction is known only by running it. What a thread achieves is
often known beforehand: its part of the multiply-adds, the bytes that it stores. `Flow.least` asks
for the cheapest way from the entry of the code to its exit on which as much is achieved. A way is a
path, and turns of loops. By the duality of linear programs the least cost of a gain is the largest
of these, over all l >= 0 that make no turn of a loop cheaper than nothing:

    l * gain + the shortest path, where an instruction costs its cost - l * its gain

It is a convex curve, and exact but for turns in fractions and for branches that no thread would
take. It never says too much, as long as no instruction achieves more than its gain says. A function
that is called counts as one instruction.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

from crosscheck.kernels.inspect.sass import Instruction

Count = Callable[[Instruction], float]
_END = {"EXIT", "RET"}
_LEAST_GAIN = 1e-9  # of a shorter path: what is less is rounding


@dataclass(frozen=True)
class Curve:
    """The least cost by what is achieved: corners (gain, cost) of a convex curve, then a slope.

    With an infinite slope no way achieves more than the last corner.
    """

    corners: tuple[tuple[float, float], ...]
    slope: float

    def at(self, gain: float) -> float:
        """Return the least cost of a way that achieves this, or the most that one can."""
        for (low, cost), (high, next_cost) in pairwise(self.corners):
            if gain <= high:
                return cost + max(gain - low, 0) * (next_cost - cost) / (high - low)
        last, cost = self.corners[-1]
        return cost + (max(gain - last, 0) * self.slope if self.slope < inf else 0)


class _Way(NamedTuple):
    """A path from a block to an exit, or a loop."""

    gain: float
    cost: float
    loop: bool = False


class _Block(NamedTuple):
    """Instructions that follow each other, the blocks that may come next, and whether it may end
    the thread.
    """

    cost: float
    gain: float
    next: tuple[int, ...]
    ends: bool


class Flow:
    """The ways through a program: its blocks of instructions that follow each other."""

    def __init__(self, program: Sequence[Instruction]) -> None:
        self._program = program
        follows = [_follows(program, at) for at in range(len(program))]
        starts = {0}
        for at, (following, ends) in enumerate(follows):
            if ends or following != [at + 1]:
                starts |= {at + 1, *following}
        ordered = sorted(each for each in starts if each < len(program))
        number = {start: i for i, start in enumerate(ordered)}
        self._ranges = list(pairwise([*ordered, len(program)]))
        self._ways = []
        for _, stop in self._ranges:
            following, ends = follows[stop - 1]
            after = tuple(number[each] for each in following if each in number)
            self._ways.append((after, ends or stop == len(program)))

    def totals(self, count: Count) -> tuple[float, ...]:
        """Return the sum over each block of what an instruction counts, from 0 up."""
        return tuple(sum(map(count, self._program[start:stop])) for start, stop in self._ranges)

    def least(self, cost: Sequence[float], gain: Sequence[float]) -> Curve:
        """Return the least cost of the program by its gain, both as `totals` returns them."""
        pieces = zip(cost, gain, self._ways, strict=True)
        return _least([_Block(spent, gained, *way) for spent, gained, way in pieces])


def _least(blocks: Sequence[_Block]) -> Curve:
    steepest = 1 + sum(each.cost for each in blocks) / min(
        (each.gain for each in blocks if each.gain), default=1
    )
    slope, last = steepest, _shortest(blocks, steepest)
    while last.loop:
        slope = last.cost / last.gain
        last = _shortest(blocks, slope)
    first = _shortest(blocks, 0)
    corners = [first, *_between(blocks, first, last), last]
    distinct = [(each.gain, each.cost) for each in corners if each.gain > first.gain]
    return Curve(
        ((first.gain, first.cost), *dict.fromkeys(distinct)), slope if slope < steepest else inf
    )


def _between(blocks: Sequence[_Block], low: _Way, high: _Way) -> Iterator[_Way]:
    """Yield the corners between two, in order."""
    if high.gain <= low.gain:
        return
    ratio = (high.cost - low.cost) / (high.gain - low.gain)
    found = _shortest(blocks, ratio)
    if low.cost - ratio * low.gain - (found.cost - ratio * found.gain) > 1e-6:
        yield from _between(blocks, low, found)
        yield found
        yield from _between(blocks, found, high)


def _shortest(blocks: Sequence[_Block], ratio: float) -> _Way:
    """Return the shortest path where a block costs cost - ratio * gain, or a loop below 0.

    It is Bellman and Ford's, from the exits: a loop below 0 shows as one of the steps that are the
    best so far.
    """
    length = [inf] * len(blocks)
    after: list[int | None] = [None] * len(blocks)
    while True:
        changed = False
        for number in reversed(range(len(blocks))):
            block = blocks[number]
            rest, step = (0.0, None) if block.ends else (inf, None)
            for each in block.next:
                if length[each] < rest:
                    rest, step = length[each], each
            found = block.cost - ratio * block.gain + rest
            if found < length[number] - _LEAST_GAIN:
                length[number], after[number], changed = found, step, True
        if not changed:
            return _along(blocks, after, 0, None)
        if (start := _on_a_loop(after)) is not None:
            return _along(blocks, after, start, start)._replace(loop=True)


def _on_a_loop(after: Sequence[int | None]) -> int | None:
    """Return a block from which the steps lead back to it, None where all lead to an exit."""
    seen = [-1] * len(after)  # from where
    for first in range(len(after)):
        number: int | None = first
        while number is not None and seen[number] < 0:
            seen[number] = first
            number = after[number]
        if number is not None and seen[number] == first:
            return number
    return None


def _along(
    blocks: Sequence[_Block], after: Sequence[int | None], start: int, stop: int | None
) -> _Way:
    """Return the way of the steps from one block until before another, or to an exit for None."""
    gain = cost = 0.0
    number: int | None = start
    while True:
        gain, cost = gain + blocks[number].gain, cost + blocks[number].cost
        number = after[number]
        if number == stop:
            return _Way(gain, cost)


def _follows(program: Sequence[Instruction], at: int) -> tuple[list[int], bool]:
    """Return what may be executed after an instruction, and whether it may end the thread."""
    this = program[at]
    onward = [at + 1] if at + 1 < len(program) else []
    if this.operation in _END:
        return (onward if this.conditional else []), True
    if this.operation in ("BRX", "JMX", "BRXU"):  # to any label
        return sorted({each.target for each in program if isinstance(each.target, int)}), True
    if this.operation == "BSYNC":  # where the BSSY of its barrier says, mostly the next
        barriers = (each for each in program if each.operation == "BSSY")
        same = [each.target for each in barriers if each.barrier == this.barrier]
        return sorted({*onward, *(each for each in same if isinstance(each, int))}), False
    if not isinstance(this.target, int) or this.operation == "BSSY":
        return onward, False
    # A call of a label is a jump, too: so sm_80 leaves a loop. Others may go on at either.
    stays = this.conditional or this.operation not in ("BRA", "JMP")
    return sorted({this.target, *(onward if stays else [])}), False
