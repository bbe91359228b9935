"""Asynchronous copies that have not landed: which thread waits for which.

A copy is a write whose stamp in the element's cell is marked IN_FLIGHT. Any access to such an
element is a finding (racecheck.py), and so is a write to an element that a copy reads: it is read
at any time until the copy lands. Each thread has a queue of its copies with the number of their
group; a wait takes those of complete groups out, and stamps them with its own time: it is then that
the write happened, for others to be ordered with.

A queue has MAX_COPIES entries; what is beyond that is taken to land at once. Of several copies from
one element the last one is kept.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import SITE_SHIFT
from ..scheduler.intrinsics import load, store
from . import records

_IDENTITY, _TIMESTAMP = layout.IDENTITY, layout.TIMESTAMP
_THREAD_SHIFT, _WRITES, _IN_FLIGHT = records.THREAD_SHIFT, records.WRITES, records.IN_FLIGHT
_COPIES, _COMMITTED, _FIRST = records.COPIES, records.COMMITTED, records.FIRST_COPY
_NEXT, _QUEUE, _MAX_COPIES = records.NEXT_COPY, records.QUEUE, records.MAX_COPIES
_SOURCE, _IS_SOURCE = records.SOURCE, records.IS_SOURCE
_QUEUE_BYTES, _COPY_WORDS = 8 * records.QUEUE_WORDS, records.COPY_WORDS


@DeviceFunction
def _queue(control, thread):
    number = load(thread, _IDENTITY) >> _THREAD_SHIFT & 0x3FF
    return load(control, _COPIES) + number * _QUEUE_BYTES


@DeviceFunction
def _enter(control, thread, cell):
    """Put a cell into the thread's queue; return whether there was room."""
    queue = _queue(control, thread)
    count = load(queue, _NEXT)
    if count - load(queue, _FIRST) >= _MAX_COPIES:
        return False
    place = _QUEUE + count % _MAX_COPIES * _COPY_WORDS
    store(queue, place, cell)
    store(queue, place + 1, load(queue, _COMMITTED))
    store(queue, _NEXT, count + 1)
    return True


@DeviceFunction
def begin(control, thread, cell, packed):
    """Note a copy of the thread to the granule of a cell."""
    store(cell, _WRITES, load(thread, _IDENTITY) | packed >> SITE_SHIFT)
    store(cell, _WRITES + 3, 0)
    if _enter(control, thread, cell):
        store(cell, _WRITES + 1, load(thread, _TIMESTAMP) | _IN_FLIGHT)


@DeviceFunction
def begin_source(control, thread, cell, packed):
    """Note a copy of the thread from the granule of a cell."""
    if _enter(control, thread, cell | _IS_SOURCE):
        store(cell, _SOURCE, load(thread, _IDENTITY) | packed >> SITE_SHIFT)
        store(cell, _SOURCE + 1, load(thread, _TIMESTAMP))


@DeviceFunction
def _is_own(thread, cell, slot):
    return (load(cell, slot) ^ load(thread, _IDENTITY)) >> _THREAD_SHIFT == 0


@DeviceFunction
def commit(control, thread):
    """Complete the group of the copies that the thread has started."""
    queue = _queue(control, thread)
    store(queue, _COMMITTED, load(queue, _COMMITTED) + 1)


@DeviceFunction
def _land(thread, queue, groups):
    """Let the copies of the first `groups` groups land now."""
    first = load(queue, _FIRST)
    while first < load(queue, _NEXT):
        place = _QUEUE + first % _MAX_COPIES * _COPY_WORDS
        if load(queue, place + 1) >= groups:
            break
        cell = load(queue, place) & ~_IS_SOURCE
        if load(queue, place) & _IS_SOURCE:
            if _is_own(thread, cell, _SOURCE):
                store(cell, _SOURCE + 1, 0)
        elif _is_own(thread, cell, _WRITES) and load(cell, _WRITES + 1) & _IN_FLIGHT:
            store(cell, _WRITES + 1, load(thread, _TIMESTAMP))
        first += 1
    store(queue, _FIRST, first)


@DeviceFunction
def wait(control, thread, left):
    """Let all groups of the thread but the last `left` land."""
    queue = _queue(control, thread)
    _land(thread, queue, load(queue, _COMMITTED) - left)


@DeviceFunction
def begin_thread(control, thread):
    """Forget what a thread of the worker's last block left in flight."""
    queue = _queue(control, thread)
    for copy in range(load(queue, _FIRST), load(queue, _NEXT)):
        cell = load(queue, _QUEUE + copy % _MAX_COPIES * _COPY_WORDS)
        if cell & _IS_SOURCE:
            store(cell & ~_IS_SOURCE, _SOURCE + 1, 0)
        else:
            store(cell, _WRITES + 1, load(cell, _WRITES + 1) & ~_IN_FLIGHT)
    store(queue, _FIRST, 0)
    store(queue, _NEXT, 0)
    store(queue, _COMMITTED, 0)
