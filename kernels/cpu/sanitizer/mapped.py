"""memcheck of an address that PTX or an intrinsic computed: does it lie in memory of the launch?

That is the shared memory of the block, the thread's own, or any array of the launch: an access that
leaves its array and meets another is not found.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import SITE_SHIFT, SIZE_SHIFT
from ..scheduler.intrinsics import load, store
from . import records

_ARENA, _STACKS_OFFSET = layout.ARENA, layout.STACKS_OFFSET
_ACCESS_SITE, _ACCESS_INDEX = layout.ACCESS_SITE, layout.ACCESS_INDEX
_START, _END = records.START, records.END
_MAPPED, _MAPPED_COUNT = records.MAPPED, records.MAPPED_COUNT


@DeviceFunction
def is_mapped(worker, control, address, packed):
    """Return whether all bytes of an access are in one range; note where and what it is if not."""
    end = address + (packed >> SIZE_SHIFT & 0xFFF)
    if _STACKS_OFFSET <= address - worker < _ARENA:
        return True
    each = load(control, _MAPPED)
    for _ in range(load(control, _MAPPED_COUNT)):
        if load(each, _START) <= address and end <= load(each, _END):
            return True
        each += 16
    store(worker, _ACCESS_SITE, packed >> SITE_SHIFT)
    store(worker, _ACCESS_INDEX, address)
    store(worker, _ACCESS_INDEX + 1, end - address)
    return False
