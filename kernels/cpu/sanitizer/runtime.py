"""The runtime that instrumented kernels call: one function for every access, one for every event.

It is compiled once, like the scheduler, and found by the symbols of machine/hooks.py. It runs on
the stack of the thread that calls it.
"""

from ..instrumentation import memcheck
from ..machine import hooks, layout
from ..scheduler.intrinsics import current_worker, load
from . import async_copies, initcheck, mapped, racecheck, recorder, records, vector_clocks

_CONTROL_RECORD, _CURRENT_THREAD = layout.CONTROL_RECORD, layout.CURRENT_THREAD
_RACECHECK, _INITCHECK, _TRACE = records.RACECHECK, records.INITCHECK, records.TRACE
_IDENTITY = layout.IDENTITY
_THREAD_BEGINS, _LOCAL_ARRAY, _WAIT = hooks.THREAD_BEGINS, hooks.LOCAL_ARRAY, hooks.WAIT
_WARP_SYNCED, _FENCE = hooks.WARP_SYNCED, hooks.FENCE
_COPY_STARTED, _COPIES_COMMITTED = hooks.COPY_STARTED, hooks.COPIES_COMMITTED
_COPIES_AWAITED, _COPY_READS = hooks.COPIES_AWAITED, hooks.COPY_READS
_BARE_SHIFT, _MAPPED, _OUTSIDE = hooks.BARE_SHIFT, records.MAPPED, memcheck.OUTSIDE
_racecheck, _initcheck, _record_access = racecheck.check, initcheck.check, recorder.record_access
_begin_local_array, _begin_thread = initcheck.begin_local_array, vector_clocks.begin_thread
_advance, _join_clocks = vector_clocks.advance, vector_clocks.join_clocks
_fence, _begin_copy = vector_clocks.fence, racecheck.begin_copy
_commit_copies, _await_copies = async_copies.commit, async_copies.wait
_forget_copies, _is_mapped = async_copies.begin_thread, mapped.is_mapped


def access(address, packed):
    """Show an access to the tools. Raises IndexError for an address in no array."""
    worker = current_worker()
    control = load(worker, _CONTROL_RECORD)
    if packed >> _BARE_SHIFT & 1 and load(control, _MAPPED):
        if not _is_mapped(worker, control, address, packed):
            raise IndexError(_OUTSIDE)
    if load(control, _INITCHECK):
        _initcheck(worker, control, address, packed)
    if load(control, _RACECHECK):
        _racecheck(worker, control, address, packed)
    trace = load(control, _TRACE)
    if trace:
        _record_access(trace, load(load(worker, _CURRENT_THREAD), _IDENTITY), address, packed)


def event(kind, first, second):
    """Show an event to the tools, and update the running thread's stamp."""
    worker = current_worker()
    control, thread = load(worker, _CONTROL_RECORD), load(worker, _CURRENT_THREAD)
    if kind == _THREAD_BEGINS:
        _begin_thread(worker, control, thread)
        if load(control, _RACECHECK):
            _forget_copies(control, thread)
    elif kind == _LOCAL_ARRAY:
        if load(control, _INITCHECK):
            _begin_local_array(worker, control, first, second)
    elif kind == _WAIT:
        _advance(thread, first)
    elif kind == _WARP_SYNCED:
        _join_clocks(control, thread)
    elif kind == _FENCE:
        _fence(control, thread, first)
    elif load(control, _RACECHECK):
        if kind == _COPY_STARTED or kind == _COPY_READS:
            _begin_copy(control, thread, first, second, kind == _COPY_READS)
        elif kind == _COPIES_COMMITTED:
            _commit_copies(control, thread)
        elif kind == _COPIES_AWAITED:
            _await_copies(control, thread, first)


SYMBOLS = {hooks.ACCESS: access, hooks.EVENT: event}
