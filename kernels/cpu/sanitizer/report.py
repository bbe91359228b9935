"""How the compiled runtime records findings: one for each pair of sites, with a count."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import RANK_SHIFT
from ..scheduler.intrinsics import load, store
from . import records

_FINDINGS, _MAX_FINDINGS = records.FINDINGS, records.MAX_FINDINGS
_COUNTERS, _FINDING_COUNT = records.COUNTERS, records.FINDING_COUNT
_FINDING_BYTES = 8 * records.FINDING_WORDS
_IDENTITY, _OTHER_IDENTITY = records.IDENTITY, records.OTHER_IDENTITY
_KIND, _OTHER_KIND = records.KIND, records.OTHER_KIND
_TIMES, _RANK, _INDEX, _SITE_MASK = records.TIMES, records.RANK, records.INDEX, records.SITE_MASK
_IN_WARP, _WARP_SHIFT = records.IN_WARP, records.WARP_SHIFT
_ACCESS_INDEX = layout.ACCESS_INDEX


@DeviceFunction
def report(worker, control, packed, identity, other, other_kind):
    """Record a finding about an access, and the other one, where it is about two."""
    kind = packed & 3
    in_warp = (identity ^ other) >> _WARP_SHIFT == 0
    counters = load(control, _COUNTERS)
    count = load(counters, _FINDING_COUNT)
    finding = load(control, _FINDINGS)
    for _ in range(count):
        same_site = (load(finding, _IDENTITY) ^ identity) & _SITE_MASK == 0
        same_other_site = (load(finding, _OTHER_IDENTITY) ^ other) & _SITE_MASK == 0
        same_kinds = load(finding, _KIND) == kind and load(finding, _OTHER_KIND) == other_kind
        if same_site and same_other_site and same_kinds:
            store(finding, _TIMES, load(finding, _TIMES) + 1)
            store(finding, _IN_WARP, load(finding, _IN_WARP) & in_warp)
            return
        finding += _FINDING_BYTES
    if count == _MAX_FINDINGS:
        return
    store(counters, _FINDING_COUNT, count + 1)
    store(finding, _IDENTITY, identity)
    store(finding, _OTHER_IDENTITY, other)
    store(finding, _KIND, kind)
    store(finding, _OTHER_KIND, other_kind)
    store(finding, _TIMES, 1)
    store(finding, _IN_WARP, in_warp)
    rank = packed >> RANK_SHIFT & 0xFF
    store(finding, _RANK, rank)
    for d in range(rank):
        store(finding, _INDEX + d, load(worker, _ACCESS_INDEX + d))
