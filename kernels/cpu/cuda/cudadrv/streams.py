"""Streams and events of a device whose launches and copies are done when they return.

A stream is always empty. Events note the time, so the time between two of them is that of the
launches and copies in between.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any


class Stream:
    """A queue that is always empty. `handle` identifies it; 0 is the default stream."""

    def __init__(self, handle: int = 0, external: bool = False) -> None:
        self.handle, self.external = handle, external

    def __int__(self) -> int:
        return self.handle

    def __repr__(self) -> str:
        kind = "Default" if not self.handle else "External" if self.external else "CPU device's"
        return f"<{kind} stream {self.handle}>"

    def synchronize(self) -> None:
        """Return at once: there is nothing to wait for."""

    @contextlib.contextmanager
    def auto_synchronize(self) -> Iterator["Stream"]:
        """Synchronize at the end."""
        yield self
        self.synchronize()

    def add_callback(self, callback: Callable, arg: Any = None) -> None:
        """Call callback(stream, 0, arg) at once."""
        callback(self, 0, arg)

    def async_done(self) -> asyncio.Future:
        """Return a future of the running event loop, whose result is this stream."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        loop.call_soon(lambda: done.cancelled() or done.set_result(self))
        return done


class Event:
    """A point in time, once it has been recorded."""

    def __init__(self, timing: bool = True) -> None:
        self.timing, self.time = timing, None

    def record(self, stream: Any = 0) -> None:
        """Note the time."""
        self.time = time.perf_counter()

    def query(self) -> bool:
        """Return True: what was enqueued before it is done."""
        return True

    def synchronize(self) -> None:
        """Return at once: there is nothing to wait for."""

    def wait(self, stream: Any = 0) -> None:
        """Return at once: there is nothing to wait for."""

    def elapsed_time(self, evtend: "Event") -> float:
        """Return the milliseconds to another event. Raises ValueError where one has no time."""
        for name, event in (("the first", self), ("the second", evtend)):
            if not event.timing or event.time is None:
                expected = "one made with timing=True and recorded"
                raise ValueError(f"{name} event has no time; expected {expected}")
        return 1000 * (evtend.time - self.time)


def event_elapsed_time(evtstart: Event, evtend: Event) -> float:
    """Return the milliseconds between two events."""
    return evtstart.elapsed_time(evtend)
