"""What racecheck and initcheck found in a launch, as one exception."""

import numpy as np

from ..functions.traits import Site
from ..instrumentation.memcheck import element
from ..machine.geometry import Geometry
from ..machine.hooks import ATOMIC, LOAD, NOBODY, STORE
from . import records

_SHOWN = 10
_DONE = {LOAD: "read", STORE: "written", ATOMIC: "updated atomically"}


class SanitizerError(RuntimeError):
    """The sanitizer found something in a launch, which ran to its end."""


class InitError(SanitizerError):
    """A value is read that nobody wrote."""


class RaceError(SanitizerError):
    """Two accesses to one element collide, and nothing orders them."""


class InitAndRaceError(InitError, RaceError):
    """Both were found."""


def failure(
    kernel: str, rows: np.ndarray, sites: dict[int, Site], geometry: Geometry
) -> SanitizerError:
    """Build the exception for findings, of which there is at least one."""
    ordered = sorted(rows, key=lambda row: _in_source(sites[row[records.WHO] & records.SITES]))
    texts = [_text(row, sites, geometry) for row in ordered]
    is_race = rows[:, records.WITH_KIND] != NOBODY
    class_ = RaceError if is_race.all() else InitAndRaceError if is_race.any() else InitError
    shown = texts[:_SHOWN]
    if len(texts) > _SHOWN:
        shown.append(f"and {len(texts) - _SHOWN} more")
    lead = f"{kernel}: " if len(texts) == 1 else f"{kernel}: {len(texts)} findings\n  "
    return class_(lead + "\n  ".join(shown))


def _in_source(site: Site) -> tuple[str, int]:
    file, _, line = site.place.partition(":")
    return file, int(line or 0)


def _text(row: np.ndarray, sites: dict[int, Site], geometry: Geometry) -> str:
    who, with_, kind, with_kind, times, rank = (int(word) for word in row[: records.INDEX])
    site = sites[who & records.SITES]
    index = row[records.INDEX : records.INDEX + rank].tolist()
    what = element(site, index)
    count = "" if times == 1 else f" ({times} times)"
    here = f"{site.place}, {_position(who, geometry)}"
    if with_kind == NOBODY:
        return f"initcheck: {what} is read but nobody wrote it, {here}{count}"
    there = f"{sites[with_ & records.SITES].place}, {_position(with_, geometry)}"
    if who >> records.BLOCK_AT == with_ >> records.BLOCK_AT:
        why = "with no barrier between"
    else:
        why = "and nothing orders these blocks"
    return (
        f"racecheck: {what} is {_DONE[with_kind]}, {there}, and {_DONE[kind]}, {here}, {why}{count}"
    )


def _position(who: int, geometry: Geometry) -> str:
    block = _unravel(who >> records.BLOCK_AT & 0xFFFFFFFF, geometry.grid)
    thread = _unravel(who >> records.THREAD_AT & 0x3FF, geometry.block)
    return f"thread {thread} of block {block}"


def _unravel(number: int, extents: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
