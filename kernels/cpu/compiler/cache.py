"""Compiled kernels on disk, so that a second process compiles nothing.

The file of a program is named by its cache key (cache_key.py). A kernel that refers to something
the key cannot describe is compiled in each process.

Files lie in $CROSSCHECK_CACHE, or crosscheck/ under $XDG_CACHE_HOME or ~/.cache; deleting them is
safe. A folder that cannot be written, or a damaged file, costs a compilation, never an error.
"""

import contextlib
import hashlib
import os
import pickle
import re
import tempfile
from pathlib import Path
from typing import Any

_FILE = re.compile(r"[0-9a-f]{32}(\..*)?")  # a program, and one that is being written


class Statistics:
    """How many programs this process compiled, and how many it loaded from disk."""

    compiled = 0
    loaded = 0


def folder() -> Path:
    """Return where programs are kept. Raises RuntimeError where there is no home."""
    own = os.environ.get("CROSSCHECK_CACHE")
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(home) if home else Path.home() / ".cache") / "crosscheck"


def files() -> list[Path]:
    """Return the files of programs, also those that an interrupted process left unfinished."""
    try:
        return [path for path in folder().iterdir() if _FILE.fullmatch(path.name)]
    except OSError:  # there is no such folder yet
        return []


def load(key: str) -> Any:
    """Return what was stored under this key, None where the file is missing or damaged."""
    try:
        content = (folder() / key).read_bytes() if key else b""
        digest, pickled = content[:32], content[32:]
        if hashlib.sha256(pickled).digest() != digest:
            return None
        compiled = pickle.loads(pickled)
    except Exception:  # whatever is wrong with a file, the kernel can be compiled
        return None
    Statistics.loaded += 1
    return compiled


def store(key: str, compiled: Any) -> None:
    """Write a program to disk, whole or not at all, whichever processes write it now.

    Another record of a compilation may be kept here as well (kernels.inspect does), under a key of
    its own.
    """
    Statistics.compiled += 1
    if not key:
        return
    pickled = pickle.dumps(compiled)
    with contextlib.suppress(OSError, RuntimeError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=f"{key}.")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(pickled).digest() + pickled)
        os.replace(temporary, folder() / key)
