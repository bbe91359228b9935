"""The findings of racecheck and initcheck in a launch, as one exception, and its remarks."""

import numpy as np

from ..functions.traits import Site
from ..instrumentation.finding import Finding, FoundError
from ..instrumentation.memcheck import element_name
from ..machine.hooks import ATOMIC, COPY, COPY_SOURCE, LOAD, NO_ACCESS, SAME_VALUE, STORE
from ..machine.launch_configuration import LaunchConfiguration
from ..options.tools import INITCHECK, RACECHECK
from . import records

_KIND, _OTHER_KIND = records.KIND, records.OTHER_KIND
_IDENTITIES = records.IDENTITY, records.OTHER_IDENTITY
_MAX_SHOWN = 10
_VERBS = {LOAD: "read", STORE: "written", ATOMIC: "updated atomically", SAME_VALUE: "written"}
_LOCKSTEP = (
    "it relies on the lanes of a warp moving in lockstep; since Volta they need not: put "
    "cuda.syncwarp() between"
)
_UPDATE = "one update may be lost, which an atomic operation would not be"


class SanitizerError(FoundError, RuntimeError):
    """The sanitizer found an error in a launch, which ran to its end."""


class InitError(SanitizerError):
    """A value is read that was never written."""


class RaceError(SanitizerError):
    """Two accesses to one element conflict, and nothing orders them."""


class InitAndRaceError(InitError, RaceError):
    """Both were found in one launch."""


def findings_error(findings: list[Finding]) -> SanitizerError:
    """Return the exception for one or more findings of one launch."""
    is_race = {finding.tool == RACECHECK for finding in findings}
    error = InitAndRaceError if len(is_race) == 2 else RaceError if True in is_race else InitError
    texts = [f"{finding.tool}: {finding}" for finding in findings]
    shown = texts[:_MAX_SHOWN]
    if len(texts) > _MAX_SHOWN:
        shown.append(f"and {len(texts) - _MAX_SHOWN} more")
    kernel = findings[0].kernel
    lead = f"{kernel}: " if len(texts) == 1 else f"{kernel}: {len(texts)} findings\n  "
    return error(lead + "\n  ".join(shown)).of(*findings)


class Report:
    """What the runtime recorded in one launch: a row for each pair of sites (records.py)."""

    def __init__(
        self,
        kernel: str,
        rows: np.ndarray,
        sites: dict[int, Site],
        configuration: LaunchConfiguration,
    ) -> None:
        self._kernel, self._sites, self._configuration = kernel, sites, configuration
        self._rows = sorted(rows.tolist(), key=lambda row: _source_order(self._site(row)))
        both_store = [row for row in self._rows if row[_KIND] == STORE and _stored_before(row)]
        self._same_value = {_sites(row) for row in both_store if row[_OTHER_KIND] == SAME_VALUE}
        self._other_value = {_sites(row) for row in both_store if row[_OTHER_KIND] == STORE}
        halves = [(row, self._update(row, both_store)) for row in self._rows]
        self._halves = [row for row, update in halves if update]
        self._updates = [update for _, update in halves if update]

    def findings(self) -> list[Finding]:
        """Return the errors, in the order of the source."""
        errors = [row for row in self._rows if row[_OTHER_KIND] != SAME_VALUE]
        return [self._finding(row) for row in errors if row not in self._halves]

    def remarks(self) -> list[Finding]:
        """Return the writes of one same value, where no writes of other values are a race."""
        found = [row for row in self._rows if row[_OTHER_KIND] == SAME_VALUE]
        return [self._finding(row) for row in found if _sites(row) not in self._other_value]

    def _site(self, row: list[int], word: int = records.IDENTITY) -> Site:
        return self._sites[row[word] & records.SITE_MASK]

    def _update(self, row: list[int], both_store: list[list[int]]) -> list[int] | None:
        """Return the row of two stores, for a row of one of them and the load that it updates.

        `x[i] += 1` has both, and is one finding. The load is in the line of the store.
        """
        if {row[_KIND], row[_OTHER_KIND]} == {LOAD, STORE} and len({*self._where(row)}) == 1:
            store = _sites(row)[row[_OTHER_KIND] == STORE]
            for other in both_store:
                same_element = other[records.RANK :] == row[records.RANK :]
                if other[_OTHER_KIND] == STORE and {*_sites(other)} == {store} and same_element:
                    return other
        return None

    def _needs_lockstep(self, row: list[int]) -> bool:
        """Return whether the race is one of lanes that would be ordered if they kept in step.

        That is a load and a store in one warp, unless two lanes store there: then one of the
        values is lost in any case.
        """
        if not row[records.IN_WARP] or {row[_KIND], row[_OTHER_KIND]} != {LOAD, STORE}:
            return False
        store = _sites(row)[row[_OTHER_KIND] == STORE]
        return (store, store) not in self._same_value | self._other_value

    def _where(self, row: list[int]) -> tuple[Site, Site]:
        return self._site(row), self._site(row, records.OTHER_IDENTITY)

    def _finding(self, row: list[int]) -> Finding:
        site = self._site(row)
        name = element_name(site, row[records.INDEX : records.INDEX + row[records.RANK]])
        here = f"{site.place}, {self._position(row[records.IDENTITY])}"
        if row[_OTHER_KIND] == NO_ACCESS:
            text = f"{name} is read but was never written, {here}"
            return Finding(self._kernel, INITCHECK, text, (*site,), row[records.TIMES])
        if row[_OTHER_KIND] in (COPY, COPY_SOURCE):
            return self._unlanded(row, f"{name} is {_VERBS[row[_KIND]]}, {here}")
        is_update = row in self._updates
        verb, other_verb = (
            "updated" if is_update else _VERBS[row[word]] for word in (_KIND, _OTHER_KIND)
        )
        other = self._site(row, records.OTHER_IDENTITY)
        there = f"{other.place}, {self._position(row[records.OTHER_IDENTITY])}"
        text = f"{name} is {other_verb}, {there}, and {verb}, {here}, {self._why(row)}"
        places = *site, verb, *other, other_verb
        return Finding(self._kernel, RACECHECK, text, places, row[records.TIMES])

    def _unlanded(self, row: list[int], text: str) -> Finding:
        """Return the finding of an access to what is still being copied; `text` says which."""
        copy = self._site(row, records.OTHER_IDENTITY)
        who = f"{self._position(row[records.OTHER_IDENTITY])} started at {copy.place}"
        from_it = " from it" if row[_OTHER_KIND] == COPY_SOURCE else ""
        landed = f"before the copy{from_it} has landed that {who}"
        text += f", {landed}: a wait for it (cp.async) is missing"
        places = *self._site(row), _VERBS[row[_KIND]], *copy
        return Finding(self._kernel, RACECHECK, text, places, row[records.TIMES])

    def _why(self, row: list[int]) -> str:
        """Return why the two accesses of a race are unordered, and what that means."""
        blocks = {row[word] >> records.BLOCK_SHIFT for word in _IDENTITIES}
        order = "with no barrier between" if len(blocks) == 1 else "and nothing orders these blocks"
        if row[_OTHER_KIND] == SAME_VALUE:
            return f"both times with one value, {order}"
        if row in self._updates:
            return f"{order}: {_UPDATE}"
        return f"{order}: {_LOCKSTEP}" if self._needs_lockstep(row) else order

    def _position(self, identity: int) -> str:
        block = _unravel(identity >> records.BLOCK_SHIFT & 0xFFFFFFFF, self._configuration.grid)
        thread = _unravel(identity >> records.THREAD_SHIFT & 0x3FF, self._configuration.block)
        return f"thread {thread} of block {block}"


def _sites(row: list[int]) -> tuple[int, int]:
    return tuple(row[word] & records.SITE_MASK for word in _IDENTITIES)


def _stored_before(row: list[int]) -> bool:
    return row[_OTHER_KIND] in (STORE, SAME_VALUE)


def _source_order(site: Site) -> tuple[str, int]:
    file, _, line = site.place.partition(":")
    return file, int(line or 0)


def _unravel(number: int, extents: tuple[int, ...]) -> tuple[int, int, int]:
    x, y, _ = extents
    return number % x, number // x % y, number // (x * y)
