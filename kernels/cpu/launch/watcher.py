"""Watches launches that take long: lets Python's signal handlers run in them, and shows progress.

The main thread runs blocks itself, as machine code, in which Python's signal handlers never run. So
one thread wakes ten times a second while there are launches, and pokes (machine/signals.py) the
main thread if it runs one: pending handlers then run there. Where one raises, as Ctrl-C does, the
launch has stopped, and its other threads are poked until they have left their blocks.

A launch only adds itself to a table and takes itself out again, which costs a microsecond. Where
there has been none for a while, the watcher sleeps until the next.
"""

import os
import threading
import time
from typing import Any

import numpy as np

from ..machine import layout, process_record, signals
from . import progress

_TICK = 0.1  # seconds
_TICKS_AWAKE = 50  # without a launch
# A poke is served only in a kernel's code: not in the scheduler, nor in the C library.
_ATTEMPTS, _BETWEEN_ATTEMPTS = 100, 0.001  # seconds


class Running:
    """A launch (launch.py) that runs now. `counter` holds the number of the next block to begin."""

    def __init__(self, launch: Any) -> None:
        self.launch, self.counter = launch, np.zeros(1, np.int64)
        self.started = time.monotonic()
        self.threads: set[int] = set()  # native numbers of those that take blocks
        self.shown = self.hinted = False

    def __enter__(self) -> "Running":
        _running[id(self)] = self
        if _watcher.asleep:
            _watcher.wake()
        return self

    def __exit__(self, *_: object) -> None:
        _running.pop(id(self), None)  # a forked child has begun anew
        if self.shown:
            progress.clear()

    def join(self) -> None:
        """Note that the calling thread takes blocks from now on."""
        self.threads.add(threading.get_native_id())

    def stop(self) -> None:
        """Let no further block begin, and those that run be left soon."""
        self.counter[0] = layout.STOPPED

    @property
    def is_stopped(self) -> bool:
        """Whether it has been stopped, or a thread has failed."""
        return bool(self.counter[0] >= layout.STOPPED)

    def threads_to_poke(self) -> set[int]:
        """Return those that are to leave their blocks, or to let Python's handlers run."""
        main = threading.main_thread().native_id
        return set(self.threads) if self.is_stopped else self.threads & {main}


_running: dict[int, Running] = {}


class _Watcher:
    """The thread, started by the first launch. A forked child begins without it."""

    def __init__(self) -> None:
        self.asleep, self._started = True, False
        self._lock, self._wake = threading.Lock(), threading.Semaphore(0)

    def wake(self) -> None:
        """Let it run, if it does not."""
        with self._lock:
            if not self.asleep:
                return
            self.asleep = False
            if self._started:
                self._wake.release()
            else:
                self._started = True
                threading.Thread(target=self._run, name="crosscheck-watcher", daemon=True).start()

    def _run(self) -> None:
        idle = 0
        while True:
            time.sleep(_TICK)
            running = tuple(_running.values())
            idle = 0 if running else idle + 1
            for launch in running:
                _poke(launch)
            progress.show(running)
            if idle > _TICKS_AWAKE:
                self.asleep = True
                if not _running:  # a launch that came before that did not wake it
                    self._wake.acquire()
                self.asleep, idle = False, 0


def _poke(launch: Running) -> None:
    """Poke its threads that need it, until as many have been found where that can be served."""
    served = process_record.pokes_served()
    for _ in range(_ATTEMPTS):
        threads = launch.threads_to_poke()
        for thread in threads:
            signals.poke(thread)
        time.sleep(_BETWEEN_ATTEMPTS)
        if process_record.pokes_served() - served >= len(threads) or id(launch) not in _running:
            break


_watcher = _Watcher()


def _begin_anew() -> None:
    """Forget the watcher, which a forked child does not have, and other threads' launches."""
    global _watcher
    _watcher = _Watcher()
    _running.clear()


os.register_at_fork(after_in_child=_begin_anew)
