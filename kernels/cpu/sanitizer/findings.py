"""What racecheck and initcheck found in a launch, as one exception."""

import numpy as np

from crosscheck.kernels.cpu.errors import InitAndRaceError, InitError, RaceError, SanitizerError
from crosscheck.kernels.cpu.geometry import Geometry
from crosscheck.kernels.cpu.sanitizer import layout
from crosscheck.kernels.cpu.sanitizer.hooks import ATOMIC, LOAD, NOBODY, STORE
from crosscheck.kernels.cpu.sanitizer.memcheck import element
from crosscheck.kernels.cpu.traits import Site

_SHOWN = 10
_DONE = {LOAD: "read", STORE: "written", ATOMIC: "updated atomically"}


def failure(
    kernel: str, rows: np.ndarray, sites: dict[int, Site], geometry: Geometry
) -> SanitizerError:
    """Build the exception for findings, of which there is at least one."""
    ordered = sorted(rows, key=lambda row: _in_source(sites[row[layout.WHO] & layout.SITES]))
    texts = [_text(row, sites, geometry) for row in ordered]
    is_race = rows[:, layout.WITH_KIND] != NOBODY
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
    who, with_, kind, with_kind, times, rank = (int(word) for word in row[: layout.INDEX])
    site = sites[who & layout.SITES]
    index = row[layout.INDEX : layout.INDEX + rank].tolist()
    what = element(site, index)
    count = "" if times == 1 else f" ({times} times)"
    here = f"{site.place}, {_position(who, geometry)}"
    if with_kind == NOBODY:
        return f"initcheck: {what} is read but nobody wrote it, {here}{count}"
    there = f"{sites[with_ & layout.SITES].place}, {_position(with_, geometry)}"
    if who >> layout.BLOCK_AT == with_ >> layout.BLOCK_AT:
        why = "with no barrier between"
    else:
        why = "and nothing orders these blocks"
    return (
        f"racecheck: {what} is {_DONE[with_kind]}, {there}, and {_DONE[kind]}, {here}, {why}{count}"
    )


def _position(who: int, geometry: Geometry) -> str:
    block = _unravel(who >> layout.BLOCK_AT & 0xFFFFFFFF, geometry.grid)
    thread = _unravel(who >> layout.THREAD_AT & 0x3FF, geometry.block)
    return f"thread {thread} of block {block}"


def _unravel(number: int, extents: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
