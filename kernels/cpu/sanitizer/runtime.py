"""What instrumented kernels call: one function for every access, one for every event.

Compiled once, like the scheduler, and found under the names of hooks.py. It runs on the stack of
the thread that calls.
"""

from crosscheck.kernels.cpu.machine import record
from crosscheck.kernels.cpu.machine.words import here, load
from crosscheck.kernels.cpu.sanitizer import hooks, initcheck, layout, moments, racecheck, recorder

_SANITIZER, _CURRENT = record.SANITIZER, record.CURRENT
_RACES, _UNWRITTEN, _TRACE = layout.RACES, layout.UNWRITTEN, layout.TRACE
_WHO = record.WHO
_BEGIN, _LOCAL, _WAIT = hooks.BEGIN, hooks.LOCAL, hooks.WAIT
_MET, _FENCE = hooks.MET, hooks.FENCE
_check_races, _check_unwritten = racecheck.check, initcheck.check
_note = recorder.note
_declare, _begin = initcheck.declare, moments.begin
_wait, _meet, _fence = moments.wait, moments.meet, moments.fence


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
