"""What instrumented kernels call: one function for every access, one for every event.

Compiled once, like the scheduler, and found under the names of hooks.py. It runs on the stack of
the thread that calls.
"""

from ..machine import hooks, layout
from ..scheduler.intrinsics import current_worker, load
from . import initcheck, racecheck, recorder, records, vector_clocks

_CONTROL_RECORD, _CURRENT_THREAD = layout.CONTROL_RECORD, layout.CURRENT_THREAD
_RACECHECK, _INITCHECK, _TRACE = records.RACECHECK, records.INITCHECK, records.TRACE
_IDENTITY = layout.IDENTITY
_THREAD_BEGINS, _LOCAL_ARRAY, _WAIT = hooks.THREAD_BEGINS, hooks.LOCAL_ARRAY, hooks.WAIT
_WARP_SYNCED, _FENCE = hooks.WARP_SYNCED, hooks.FENCE
_check_races, _check_unwritten = racecheck.check, initcheck.check
_note = recorder.record_access
_declare, _begin = initcheck.begin_local_array, vector_clocks.begin_thread
_wait, _meet, _fence = vector_clocks.begin_wait, vector_clocks.join_clocks, vector_clocks.fence


def access(address, what):
    """Show an access to the tools."""
    worker = current_worker()
    control = load(worker, _CONTROL_RECORD)
    if load(control, _INITCHECK):
        _check_unwritten(worker, control, address, what)
    if load(control, _RACECHECK):
        _check_races(worker, control, address, what)
    if load(control, _TRACE):
        _note(load(control, _TRACE), load(load(worker, _CURRENT_THREAD), _IDENTITY), address, what)


def event(kind, first, second):
    """Show an event to the tools, and keep the running thread's stamp."""
    worker = current_worker()
    control, thread = load(worker, _CONTROL_RECORD), load(worker, _CURRENT_THREAD)
    if kind == _THREAD_BEGINS:
        _begin(worker, control, thread)
    elif kind == _LOCAL_ARRAY:
        if load(control, _INITCHECK):
            _declare(worker, control, first, second)
    elif kind == _WAIT:
        _wait(thread, first)
    elif kind == _WARP_SYNCED:
        _meet(control, thread)
    elif kind == _FENCE:
        _fence(control, thread, first)


SYMBOLS = {hooks.ACCESS: access, hooks.EVENT: event}
