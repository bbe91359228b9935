"""What a launcher chooses from, where a kernel is built in several sizes: all of them, or one.

A launcher takes the tile with the least predicted time. Whoever wants to see every tile (inspect)
runs it once for each.
"""

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass
class _Turn:
    """Every choice is left with its candidate of this number; `most` is the longest choice."""

    number: int = 0
    most: int = 1


_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


def in_turn() -> bool:
    """Return whether this is a run inside `each`."""
    return _turn.get() is not None


def among(candidates: Sequence[T]) -> Sequence[T]:
    """Return those of the candidates that a launcher may choose from: inside `each`, one."""
    turn = _turn.get()
    if turn is None:
        return candidates
    turn.most = max(turn.most, len(candidates))
    return (candidates[min(turn.number, len(candidates) - 1)],)


def each(run: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Yield `run` with one candidate after the other, as often as its longest choice has some.

    Each must be called before the next is asked for: only then is it known how many there are.
    """
    turn = _Turn()

    def run_in_turn() -> None:
        token = _turn.set(turn)
        try:
            run()
        finally:
            _turn.reset(token)

    while turn.number < turn.most:
        yield run_in_turn
        turn.number += 1
