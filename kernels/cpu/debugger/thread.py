"""A CUDA thread as a greenlet: it runs until it waits, and then switches to its block."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import greenlet

from ..machine import layout

_OWN = Path(__file__).parent


class Thread(greenlet.greenlet):
    """A thread of a block. Its states are those of layout.py.

    `number` counts the block's threads, x fastest; `position` is threadIdx. While it waits, `site`
    says where, as (what, place), `mask` for which lanes, and `value` is what it offers to others.
    Once released, `published` is what the operation gave it.
    """

    def __init__(self, block: Any, number: int, position: tuple[int, int, int], body: Callable):
        super().__init__(body)
        self.block, self.number, self.position = block, number, position
        self.lane = number % layout.WARP_SIZE
        self.state = layout.READY
        self.site, self.mask, self.value, self.published = ("", ""), 0, None, None

    def wait(self, state: int, what: str, value: Any = None, mask: int = 0) -> Any:
        """Wait in this state until the block releases the thread; return what was published."""
        self.site, self.mask, self.value = (what, place()), mask, value
        self.state = state
        self.leave()
        return self.published

    def leave(self) -> None:
        """Let the other threads run. What traces this thread, a debugger, goes on with it later."""
        trace = sys.gettrace()
        self.parent.switch()
        sys.settrace(trace)


def current() -> Thread:
    """Return the running thread."""
    return greenlet.getcurrent()


def is_own(frame: FrameType) -> bool:
    """Return whether a frame is the debugger's."""
    return Path(frame.f_code.co_filename).parent == _OWN


def kernel_frame() -> FrameType:
    """Return the innermost frame of the kernel or of a function that it calls."""
    frame = sys._getframe(1)
    while is_own(frame):
        frame = frame.f_back
    return frame


def place() -> str:
    """Return file:line of the kernel's innermost frame."""
    frame = kernel_frame()
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
