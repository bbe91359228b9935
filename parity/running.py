"""The line that repeats the running case, in a file that survives when the case kills the process.

The file is locked while its process lives, so the next run can tell which files were left behind.
"""

import fcntl
import os
from pathlib import Path

from crosscheck.kernels.cpu.compiler import cache

_NAME = "parity-running-"


class RunningCase:
    """The file of this process; use it as a context manager around the run.

    `path` is None, and nothing is written, where the cache's folder cannot be written.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        try:
            cache.folder().mkdir(parents=True, exist_ok=True)
            path = cache.folder() / f"{_NAME}{os.getpid()}"
            self._file = path.open("w", encoding="utf-8")
        except (OSError, RuntimeError):  # RuntimeError: there is no home
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.path = path

    def __enter__(self) -> "RunningCase":
        return self

    def __exit__(self, *exception: object) -> None:
        if self.path is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)

    def write(self, line: str) -> None:
        """Replace what the file holds."""
        if self.path is not None:
            self._file.seek(0)
            self._file.write(f"{line}\n")
            self._file.truncate()  # which flushes


def left_behind() -> list[str]:
    """Return the lines of runs that died, and delete their files."""
    try:
        paths = sorted(cache.folder().glob(f"{_NAME}*"))
    except RuntimeError:
        return []
    lines = []
    for path in paths:
        try:
            with path.open(encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: it is alive
                lines.append(file.read().strip())
            path.unlink()
        except OSError:
            continue
    return [line for line in lines if line]
