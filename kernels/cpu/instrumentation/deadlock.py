"""BarrierError, and the words for threads that wait for others that never come."""

from collections.abc import Mapping, Sequence

Position = tuple[int, ...]


class BarrierError(RuntimeError):
    """Threads wait for others that will never come."""


def deadlock(
    kernel: str,
    block: Position,
    places: Mapping[tuple[str, str], Sequence[Position]],
    finished: Sequence[Position],
) -> str:
    """Return each place where threads of the block wait, how many wait there, and who finished.

    `places` gives the threads by (what they wait at, file:line).
    """
    lines = [f"{kernel}: in block {block} threads wait for others that never come"]
    for (name, place), waiting in places.items():
        lines.append(f"{_some(waiting, 'waits', 'wait')} at {name}, {place}")
    if finished:
        lines.append(f"{_some(finished, 'has', 'have')} finished")
    return "; ".join(lines)


def masked(mask: int, lane: int) -> str:
    """Return what follows the name of an operation on a mask's lanes, at which a lane waits."""
    is_inside = mask >> lane & 1
    return f" with mask 0x{mask:08x}" + ("" if is_inside else ", which leaves them out")


def spinning(kernel: str, block: Position) -> str:
    """Return what is wrong with a block whose threads poll memory that nobody writes."""
    text = "its threads polled memory for seconds, and nothing they wait for changed"
    return f"{kernel}: in block {block} {text}"


def _some(threads: Sequence[Position], does: str, do: str) -> str:
    """Return "thread (0, 0, 0) waits" or "thread (0, 0, 0) and 4 more wait"."""
    first, others = f"thread {threads[0]}", len(threads) - 1
    return f"{first} and {others} more {do}" if others else f"{first} {does}"
