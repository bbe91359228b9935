"""What racecheck and initcheck found in a launch, as one exception."""

import numpy as np

from ..functions.traits import Site
from ..instrumentation.memcheck import element_name
from ..machine.hooks import ATOMIC, LOAD, NO_ACCESS, STORE
from ..machine.launch_configuration import LaunchConfiguration
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


def findings_error(
    kernel: str, rows: np.ndarray, sites: dict[int, Site], configuration: LaunchConfiguration
) -> SanitizerError:
    """Build the exception for findings, of which there is at least one."""
    ordered = sorted(
        rows, key=lambda row: _in_source(sites[row[records.IDENTITY] & records.SITE_MASK])
    )
    texts = [_text(row, sites, configuration) for row in ordered]
    is_race = rows[:, records.OTHER_KIND] != NO_ACCESS
    class_ = RaceError if is_race.all() else InitAndRaceError if is_race.any() else InitError
    shown = texts[:_SHOWN]
    if len(texts) > _SHOWN:
        shown.append(f"and {len(texts) - _SHOWN} more")
    lead = f"{kernel}: " if len(texts) == 1 else f"{kernel}: {len(texts)} findings\n  "
    return class_(lead + "\n  ".join(shown))


def _in_source(site: Site) -> tuple[str, int]:
    file, _, line = site.place.partition(":")
    return file, int(line or 0)


def _text(row: np.ndarray, sites: dict[int, Site], configuration: LaunchConfiguration) -> str:
    who, with_, kind, with_kind, times, rank = (int(word) for word in row[: records.INDEX])
    site = sites[who & records.SITE_MASK]
    index = row[records.INDEX : records.INDEX + rank].tolist()
    what = element_name(site, index)
    count = "" if times == 1 else f" ({times} times)"
    here = f"{site.place}, {_position(who, configuration)}"
    if with_kind == NO_ACCESS:
        return f"initcheck: {what} is read but nobody wrote it, {here}{count}"
    there = f"{sites[with_ & records.SITE_MASK].place}, {_position(with_, configuration)}"
    if who >> records.BLOCK_SHIFT == with_ >> records.BLOCK_SHIFT:
        why = "with no barrier between"
    else:
        why = "and nothing orders these blocks"
    return (
        f"racecheck: {what} is {_DONE[with_kind]}, {there}, and {_DONE[kind]}, {here}, {why}{count}"
    )


def _position(who: int, configuration: LaunchConfiguration) -> str:
    block = _unravel(who >> records.BLOCK_SHIFT & 0xFFFFFFFF, configuration.grid)
    thread = _unravel(who >> records.THREAD_SHIFT & 0x3FF, configuration.block)
    return f"thread {thread} of block {block}"


def _unravel(number: int, extents: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
