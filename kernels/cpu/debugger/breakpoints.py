"""Where breakpoint() and pdb.set_trace() stop, and pdb in one CUDA thread.

With a thread chosen (modes), they stop there only. Else each place in the source belongs to the
first thread that reaches it in a launch: it stops there every time, all others run through.
"""

import contextlib
import os
import pdb
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from .thread import Thread, current, is_own

_one_launch = threading.RLock()  # sys.breakpointhook and the terminal are the process's
_pythons_own = pdb.set_trace


class _Pdb(pdb.Pdb):
    """pdb that stays in one CUDA thread: it does not step into what makes kernels run."""

    def __init__(self) -> None:
        super().__init__(nosigint=True)

    def stop_here(self, frame: FrameType) -> bool:
        """Return whether to stop in this frame: one of the kernel's, or of what that calls."""
        return super().stop_here(frame) and not _is_inside_debugger(frame)


def _is_inside_debugger(frame: FrameType) -> bool:
    """Return whether a frame is the debugger's, or one that it calls itself."""
    if is_own(frame):
        return True
    while frame.f_back is not None:  # the lowest frame is the debugger's, and calls the kernel
        if is_own(frame):
            return True
        frame = frame.f_back
    return False


class Breakpoints:
    """Decides for one launch where to stop. `chosen` is (thread, block), or None."""

    stopped = False  # whether it has stopped anywhere

    def __init__(self, kernel: str, chosen: tuple | None) -> None:
        self._kernel, self._chosen = kernel, chosen
        self._owners: dict[tuple, Thread] = {}  # by place
        self._sessions: dict[Thread, _Pdb] = {}

    def _stops(self, thread: Thread, frame: FrameType) -> bool:
        if self._chosen:
            return (thread.position, thread.block.index) == self._chosen
        return self._owners.setdefault((frame.f_code, frame.f_lineno), thread) is thread

    def stop(self, frame: FrameType) -> None:
        """Start pdb in a thread's frame if that thread stops there."""
        thread = current()
        if not self._stops(thread, frame):
            return
        self.stopped = True
        if thread not in self._sessions:
            self._sessions[thread] = _Pdb()
        where = f"thread {thread.position} of block {thread.block.index}"
        self._sessions[thread].message(f"{self._kernel}: {where}")
        self._sessions[thread].set_trace(frame)


_of_launch: list[Breakpoints] = []


def set_trace(*arguments: Any, **settings: Any) -> None:
    """Stop in the calling frame: what pdb.set_trace and breakpoint() mean in a kernel."""
    if _of_launch and isinstance(current(), Thread):
        _of_launch[-1].stop(sys._getframe(1))
    else:
        _pythons_own(*arguments, **settings)


def _hook(users: Callable) -> Callable:
    """Return sys.breakpointhook for a launch; a hook of the user's own is called where it stops."""
    is_pythons = users is sys.__breakpointhook__ and not os.environ.get("PYTHONBREAKPOINT")

    def hook(*arguments: Any, **settings: Any) -> Any:
        frame, thread = sys._getframe(1), current()
        if not isinstance(thread, Thread):
            return users(*arguments, **settings)
        if is_pythons:
            return _of_launch[-1].stop(frame)
        return users(*arguments, **settings) if _of_launch[-1]._stops(thread, frame) else None

    return hook


@contextlib.contextmanager
def installed(breakpoints: Breakpoints) -> Iterator[None]:
    """Let these breakpoints hold inside. Launches of several Python threads come in turn."""
    with _one_launch:
        hook = sys.breakpointhook
        sys.breakpointhook, pdb.set_trace = _hook(hook), set_trace
        _of_launch.append(breakpoints)
        try:
            yield
        finally:
            _of_launch.pop()
            sys.breakpointhook, pdb.set_trace = hook, _pythons_own
