"""What instrumented kernels call: one function for every access, one for every event.

Compiled once, like the scheduler, and found under the names of hooks.py. It runs on the stack of
the thread that calls.
"""

from ..machine import hooks, layout
from ..scheduler.intrinsics import here, load
from . import initcheck, racecheck, recorder, records, vector_clocks

_SANITIZER, _CURRENT = layout.SANITIZER, layout.CURRENT
_RACES, _UNWRITTEN, _TRACE = records.RACES, records.UNWRITTEN, records.TRACE
_WHO = layout.WHO
_BEGIN, _LOCAL, _WAIT = hooks.BEGIN, hooks.LOCAL, hooks.WAIT
_MET, _FENCE = hooks.MET, hooks.FENCE
_check_races, _check_unwritten = racecheck.check, initcheck.check
_note = recorder.note
_declare, _begin = initcheck.declare, vector_clocks.begin
_wait, _meet, _fence = vector_clocks.wait, vector_clocks.meet, vector_clocks.fence


def access(address, what):
    """Show an access to the tools."""
    worker = here()
    control = load(worker, _SANITIZER)
    if load(control, _UNWRITTEN):
        _check_unwritten(worker, control, address, what)
    if load(control, _RACES):
        _check_races(worker, control, address, what)
    if load(control, _TRACE):
        _note(load(control, _TRACE), load(load(worker, _CURRENT), _WHO), address, what)


def event(kind, first, second):
    """Show an event to the tools, and keep the running thread's stamp."""
    worker = here()
    control, thread = load(worker, _SANITIZER), load(worker, _CURRENT)
    if kind == _BEGIN:
        _begin(worker, control, thread)
    elif kind == _LOCAL:
        if load(control, _UNWRITTEN):
            _declare(worker, control, first, second)
    elif kind == _WAIT:
        _wait(thread, first)
    elif kind == _MET:
        _meet(control, thread)
    elif kind == _FENCE:
        _fence(control, thread, first)


SYMBOLS = {hooks.ACCESS: access, hooks.EVENT: event}
