"""How the compiled runtime notes what it found: once for each pair of places, with a count."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import RANK_SHIFT
from ..scheduler.intrinsics import load, store
from . import records

_FINDINGS, _MAX_FINDINGS = records.FINDINGS, records.MAX_FINDINGS
_COUNTERS, _FINDING_COUNT = records.COUNTERS, records.FINDING_COUNT
_FINDING_WORDS, _BYTES = records.FINDING_WORDS, 8 * records.FINDING_WORDS
_IDENTITY, _OTHER_IDENTITY, _KIND, _OTHER_KIND = (
    records.IDENTITY,
    records.OTHER_IDENTITY,
    records.KIND,
    records.OTHER_KIND,
)
_TIMES, _RANK, _INDEX, _SITE_MASK = records.TIMES, records.RANK, records.INDEX, records.SITE_MASK
_ACCESS_INDEX = layout.ACCESS_INDEX


@DeviceFunction
def report(worker, control, what, who, other, other_kind):
    """Note a finding about the access `what` by `who`, and `other` when it takes two."""
    kind = what & 3
    counters = load(control, _COUNTERS)
    count = load(counters, _FINDING_COUNT)
    finding = load(control, _FINDINGS)
    for _ in range(count):
        same_here = (load(finding, _IDENTITY) ^ who) & _SITE_MASK == 0
        same_there = (load(finding, _OTHER_IDENTITY) ^ other) & _SITE_MASK == 0
        same_kinds = load(finding, _KIND) == kind and load(finding, _OTHER_KIND) == other_kind
        if same_here and same_there and same_kinds:
            store(finding, _TIMES, load(finding, _TIMES) + 1)
            return
        finding += _BYTES
    if count == _MAX_FINDINGS:
        return
    store(counters, _FINDING_COUNT, count + 1)
    store(finding, _IDENTITY, who)
    store(finding, _OTHER_IDENTITY, other)
    store(finding, _KIND, kind)
    store(finding, _OTHER_KIND, other_kind)
    store(finding, _TIMES, 1)
    rank = what >> RANK_SHIFT & 0xFF
    store(finding, _RANK, rank)
    for d in range(rank):
        store(finding, _INDEX + d, load(worker, _ACCESS_INDEX + d))
