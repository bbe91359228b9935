"""Shuffles, votes and matches of a warp's lanes, syncwarp and activemask.

The lanes of a mask exchange their values when the last of them has come (block.py).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..machine import layout
from ..machine.layout import WARP_SIZE
from .numbers import number
from .thread import current

ALL_LANES = (1 << WARP_SIZE) - 1
_WORDS = tuple(map(np.dtype, (np.int32, np.int64, np.float32, np.float64)))


def _exchange(name: str, mask: int, value: Any, state: int = layout.AT_EXCHANGE) -> dict[int, Any]:
    """Wait for the lanes of the mask; return the values of those that took part, by lane."""
    lanes = int(mask) & ALL_LANES
    return current().wait(state, f"cuda.{name}()", value, lanes)


def _word(name: str, value: Any) -> Any:
    """Return a value that lanes can exchange. Raises TypeError for another."""
    if isinstance(value, (bool, int, float)):
        value = np.float64(value) if isinstance(value, float) else np.int64(value)
    kind = getattr(value, "dtype", type(value).__name__)
    if kind not in _WORDS:
        raise TypeError(f"cuda.{name}: value is {kind}; expected a 32- or 64-bit int or float")
    return value


def _as_int32(lanes: int) -> np.int32:
    return number(np.uint32(lanes).astype(np.int32))


def _shuffle(name: str, source: Callable[[int, int], int]) -> Callable:
    """Return a shuffle; source(lane, number) is the lane to read. The own value is beyond ends."""

    def shuffle(mask: int, value: Any, number: int) -> Any:
        own = _word(name, value)
        values = _exchange(name, mask, own)
        lane = current().lane
        wanted = source(lane, int(number) % WARP_SIZE)
        if not 0 <= wanted < WARP_SIZE:
            wanted = lane
        undefined = np.full(1, -1, np.int64).view(own.dtype)[0]  # every bit is set, so it shows
        return values.get(wanted, undefined)

    shuffle.__name__ = shuffle.__qualname__ = name
    return shuffle


def _ballot(name: str, mask: int, predicate: Any) -> list[bool]:
    return [bool(vote) for vote in _exchange(name, mask, bool(predicate)).values()]


def all_sync(mask: int, predicate: Any) -> bool:
    """Return whether the predicate holds in every lane of the mask."""
    return all(_ballot("all_sync", mask, predicate))


def any_sync(mask: int, predicate: Any) -> bool:
    """Return whether the predicate holds in a lane of the mask."""
    return any(_ballot("any_sync", mask, predicate))


def eq_sync(mask: int, predicate: Any) -> bool:
    """Return whether the predicate is the same in every lane of the mask."""
    return len(set(_ballot("eq_sync", mask, predicate))) == 1


def ballot_sync(mask: int, predicate: Any) -> np.int32:
    """Return the lanes of the mask in which the predicate holds."""
    votes = _exchange("ballot_sync", mask, bool(predicate))
    return _as_int32(sum(1 << lane for lane, vote in votes.items() if vote))


def _same(name: str, mask: int, value: Any) -> tuple[int, int]:
    """Return the lanes with this lane's bits, and the lanes that took part."""
    own = _word(name, value)
    values = _exchange(name, mask, own)
    same = sum(1 << lane for lane, other in values.items() if other.tobytes() == own.tobytes())
    return same, sum(1 << lane for lane in values)


def match_any_sync(mask: int, value: Any) -> np.int32:
    """Return the lanes of the mask with the same value, bit for bit."""
    return _as_int32(_same("match_any_sync", mask, value)[0])


def match_all_sync(mask: int, value: Any) -> tuple[np.int32, bool]:
    """Return (mask, True) if all lanes of the mask have the same value, otherwise (0, False)."""
    same, present = _same("match_all_sync", mask, value)
    return _as_int32(present if same == present else 0), same == present


def syncwarp(mask: int = ALL_LANES) -> None:
    """Wait for the lanes of the mask."""
    _exchange("syncwarp", mask, None, layout.AT_SYNCWARP)


def activemask() -> np.uint32:
    """Return the lanes that have converged here."""
    lanes = current().wait(layout.AT_CONVERGENCE, "cuda.activemask()")
    return number(np.uint32(sum(1 << lane for lane in lanes)))


MEMBERS = {
    "shfl_sync": _shuffle("shfl_sync", lambda lane, number: number),
    "shfl_up_sync": _shuffle("shfl_up_sync", lambda lane, number: lane - number),
    "shfl_down_sync": _shuffle("shfl_down_sync", lambda lane, number: lane + number),
    "shfl_xor_sync": _shuffle("shfl_xor_sync", lambda lane, number: lane ^ number),
    "all_sync": all_sync,
    "any_sync": any_sync,
    "eq_sync": eq_sync,
    "ballot_sync": ballot_sync,
    "match_any_sync": match_any_sync,
    "match_all_sync": match_all_sync,
    "syncwarp": syncwarp,
    "activemask": activemask,
}
