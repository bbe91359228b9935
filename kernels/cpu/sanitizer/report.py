"""How the compiled runtime notes what it found: once for each pair of places, with a count."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import RANK_AT
from ..scheduler.intrinsics import load, store
from . import records

_FINDINGS, _MOST = records.FINDINGS, records.MOST_FINDINGS
_COUNTERS, _COUNT = records.COUNTERS, records.FINDING_COUNT
_WORDS, _BYTES = records.FINDING_WORDS, 8 * records.FINDING_WORDS
_WHO, _WITH, _KIND, _WITH_KIND = records.WHO, records.WITH, records.KIND, records.WITH_KIND
_TIMES, _RANK, _INDEX, _SITES = records.TIMES, records.RANK, records.INDEX, records.SITES
_NOTED = layout.BAD_INDEX


@DeviceFunction
def report(worker, control, what, who, other, other_kind):
    """Note a finding about the access `what` by `who`, and `other` when it takes two."""
    kind = what & 3
    counters = load(control, _COUNTERS)
    count = load(counters, _COUNT)
    finding = load(control, _FINDINGS)
    for _ in range(count):
        same_here = (load(finding, _WHO) ^ who) & _SITES == 0
        same_there = (load(finding, _WITH) ^ other) & _SITES == 0
        same_kinds = load(finding, _KIND) == kind and load(finding, _WITH_KIND) == other_kind
        if same_here and same_there and same_kinds:
            store(finding, _TIMES, load(finding, _TIMES) + 1)
            return
        finding += _BYTES
    if count == _MOST:
        return
    store(counters, _COUNT, count + 1)
    store(finding, _WHO, who)
    store(finding, _WITH, other)
    store(finding, _KIND, kind)
    store(finding, _WITH_KIND, other_kind)
    store(finding, _TIMES, 1)
    rank = what >> RANK_AT & 0xFF
    store(finding, _RANK, rank)
    for d in range(rank):
        store(finding, _INDEX + d, load(worker, _NOTED + d))
