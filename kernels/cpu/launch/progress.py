"""Shows on a terminal how far a long launch is, in one line that goes when the launch ends.

A launch under the sanitizer that will take minutes is told that fewer blocks would do, too.
"""

import contextlib
import shutil
import sys
import threading
import time
from typing import Any

_BEGIN_AFTER, _EVERY = 2.0, 0.5  # seconds
_LONG = 30.0  # seconds, from which on a smaller grid is worth a hint

_lock = threading.Lock()
_last = 0.0  # when a line was written


def show(running: tuple) -> None:
    """Show the launch that has run longest (a watcher.Running), if there is a terminal."""
    global _last
    now = time.monotonic()
    if not running or now - _last < _EVERY or not _is_terminal():
        return
    longest = min(running, key=lambda each: each.started)
    launch, elapsed = longest.launch, now - longest.started
    if elapsed < _BEGIN_AFTER or longest.is_stopped or launch.program.cooperative:
        return
    blocks = launch.configuration.blocks
    done = _done(longest, blocks)
    _last = now
    with _lock:
        left = elapsed * (blocks - done) / done if done else None
        if launch.modes.sanitize and not longest.hinted and left and elapsed + left > _LONG:
            longest.hinted = True
            takes = f"{blocks:,} blocks, about {_duration(elapsed + left)} in all"
            text = f"{launch.name}: {takes}: under the sanitizer a smaller grid finds the same"
            _write(f"\r\x1b[K{text}\n")
        ends = f"about {_duration(left)} left" if left else f"{_duration(elapsed)} so far"
        text = f"{launch.name}: {done:,} of {blocks:,} blocks, {ends}"
        longest.shown = True
        _write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")


def clear() -> None:
    """Take the line away."""
    with _lock:
        _write("\r\x1b[K")


def _done(running: Any, blocks: int) -> int:
    """Return about how many blocks are done: all that began, less those that may run."""
    at_once = 1 if running.launch.program.fiber_per_thread else running.launch.blocks_at_once
    return max(0, min(int(running.counter[0]), blocks) - len(running.threads) * at_once)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def _is_terminal() -> bool:
    with contextlib.suppress(Exception):  # closed, replaced or None
        return sys.stderr.isatty()
    return False


def _write(text: str) -> None:
    with contextlib.suppress(Exception):
        sys.stderr.write(text)
        sys.stderr.flush()
