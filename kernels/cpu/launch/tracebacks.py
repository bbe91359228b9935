"""Tracebacks of launches without frames of the device's own.

    with UserFramesOnly():
        ...

A function whose body this is appears in no traceback either: on leaving, the exception goes on with
the traceback that it has by then, and the next frame added to that is the caller's. The variable
CROSSCHECK_TRACEBACK=full shows all frames.
"""

import os
import sysconfig
from pathlib import Path
from types import TracebackType

_DEVICE = str(Path(__file__).parents[1])
# Below a frame of the device, frames of numba and of Python's own modules say nothing to the user.
_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))


def of_user(traceback: TracebackType | None) -> TracebackType | None:
    """Return the traceback without the device's frames, and those of libraries that it calls."""
    frames, is_inside = [], False
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        is_own = file.startswith(_DEVICE)
        is_inside = is_inside or is_own
        if not is_own and not (is_inside and file.startswith(_LIBRARIES)):
            frames.append(traceback)
        traceback = traceback.tb_next
    kept = None
    for each in reversed(frames):
        kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept


def trim(error: BaseException | None) -> None:
    """Drop the device's frames from an exception, and from those that it came from."""
    if os.environ.get("CROSSCHECK_TRACEBACK") == "full":
        return
    while error is not None:
        error.__traceback__ = of_user(error.__traceback__)
        error = error.__cause__ or error.__context__


class UserFramesOnly:
    """A context that drops the device's frames from an exception that leaves it.

    No generator of contextlib's: that would add frames.
    """

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        trim(error)
