"""BarrierError, and the words for threads that wait for others that never come."""

from collections.abc import Mapping, Sequence

from ..machine.layout import WARP_SIZE
from ..options.tools import SYNCCHECK
from .finding import Finding, FoundError

Position = tuple[int, ...]

_EARLY_RETURN = (
    "It works on Volta and later, where a barrier does not wait for threads that have returned. "
    "CUDA does not promise that: either all threads of a block reach a barrier, or none. Put what "
    "the other threads do into the if, and the barrier behind it"
)


class BarrierError(FoundError, RuntimeError):
    """Threads wait for others that will never come."""


def deadlock(
    kernel: str,
    block: Position,
    places: Mapping[tuple[str, str], Sequence[Position]],
    finished: Sequence[Position],
    *,
    early_return: bool = False,
    end: str = "",
) -> BarrierError:
    """Return the exception that says in which places threads wait, how many, and who finished.

    `places` gives the threads by (what they wait at, file:line); `early_return`: those that do not
    wait at the block's barrier have returned; `end` follows what is said.
    """
    lines = [f"in block {block} threads wait for others that never come"]
    for (name, place), waiting in places.items():
        lines.append(f"{_some(waiting, 'waits', 'wait')} at {name}, {place}")
    if finished:
        lines.append(f"{_some(finished, 'has', 'have')} finished")
    text = "; ".join(lines) + end
    if early_return and len(places) == 1:
        text += f". {_EARLY_RETURN}"
    return _error(kernel, text, tuple(item for place in places for item in place))


def waited_for(mask: int, lane: int) -> str:
    """Return what follows the name of an operation on a mask's lanes, at which a lane waits."""
    if mask >> WARP_SIZE:  # the operation's place is there
        return ", which all 32 lanes of a warp must reach together"
    is_inside = mask >> lane & 1
    return f" with mask 0x{mask:08x}" + ("" if is_inside else ", which leaves them out")


def spinning(kernel: str, block: Position) -> BarrierError:
    """Return the exception for a block whose threads poll memory that nobody writes."""
    text = "its threads polled memory for seconds, and nothing they wait for changed"
    return _error(kernel, f"in block {block} {text}", ())


def _error(kernel: str, text: str, places: tuple[str, ...]) -> BarrierError:
    return BarrierError(f"{kernel}: {text}").of(Finding(kernel, SYNCCHECK, text, places))


def _some(threads: Sequence[Position], does: str, do: str) -> str:
    """Return "thread (0, 0, 0) waits" or "thread (0, 0, 0) and 4 more wait"."""
    first, others = f"thread {threads[0]}", len(threads) - 1
    return f"{first} and {others} more {do}" if others else f"{first} {does}"
