"""The findings of racecheck and initcheck in a launch, as one exception."""

import numpy as np

from ..functions.traits import Site
from ..instrumentation.memcheck import element_name
from ..machine.hooks import ATOMIC, LOAD, NO_ACCESS, STORE
from ..machine.launch_configuration import LaunchConfiguration
from . import records

_MAX_SHOWN = 10
_VERBS = {LOAD: "read", STORE: "written", ATOMIC: "updated atomically"}


class SanitizerError(RuntimeError):
    """The sanitizer found an error in a launch, which ran to its end."""


class InitError(SanitizerError):
    """A value is read that was never written."""


class RaceError(SanitizerError):
    """Two accesses to one element conflict, and nothing orders them."""


class InitAndRaceError(InitError, RaceError):
    """Both were found in one launch."""


def findings_error(
    kernel: str, rows: np.ndarray, sites: dict[int, Site], configuration: LaunchConfiguration
) -> SanitizerError:
    """Return the exception for one or more findings."""
    ordered = sorted(
        rows, key=lambda row: _source_order(sites[row[records.IDENTITY] & records.SITE_MASK])
    )
    texts = [_text(row, sites, configuration) for row in ordered]
    is_race = rows[:, records.OTHER_KIND] != NO_ACCESS
    error = RaceError if is_race.all() else InitAndRaceError if is_race.any() else InitError
    shown = texts[:_MAX_SHOWN]
    if len(texts) > _MAX_SHOWN:
        shown.append(f"and {len(texts) - _MAX_SHOWN} more")
    lead = f"{kernel}: " if len(texts) == 1 else f"{kernel}: {len(texts)} findings\n  "
    return error(lead + "\n  ".join(shown))


def _source_order(site: Site) -> tuple[str, int]:
    file, _, line = site.place.partition(":")
    return file, int(line or 0)


def _text(row: np.ndarray, sites: dict[int, Site], configuration: LaunchConfiguration) -> str:
    identity, other, kind, other_kind, times, rank = (int(word) for word in row[: records.INDEX])
    site = sites[identity & records.SITE_MASK]
    index = row[records.INDEX : records.INDEX + rank].tolist()
    name = element_name(site, index)
    count = "" if times == 1 else f" ({times} times)"
    here = f"{site.place}, {_position(identity, configuration)}"
    if other_kind == NO_ACCESS:
        return f"initcheck: {name} is read but was never written, {here}{count}"
    there = f"{sites[other & records.SITE_MASK].place}, {_position(other, configuration)}"
    if identity >> records.BLOCK_SHIFT == other >> records.BLOCK_SHIFT:
        why = "with no barrier between"
    else:
        why = "and nothing orders these blocks"
    both = f"is {_VERBS[other_kind]}, {there}, and {_VERBS[kind]}, {here}"
    return f"racecheck: {name} {both}, {why}{count}"


def _position(identity: int, configuration: LaunchConfiguration) -> str:
    block = _unravel(identity >> records.BLOCK_SHIFT & 0xFFFFFFFF, configuration.grid)
    thread = _unravel(identity >> records.THREAD_SHIFT & 0x3FF, configuration.block)
    return f"thread {thread} of block {block}"


def _unravel(number: int, extents: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
