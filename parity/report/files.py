"""Write reports so that no reader ever sees half of one."""

import os
import tempfile
from pathlib import Path

import typer


def check(path: Path) -> None:
    """Raise OSError if `path` could not be written at the end of a run."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; expected the name of a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"the folder {path.parent} is not writable")


def writable(path: Path | None) -> Path | None:
    """Return `path`, or raise typer.BadParameter if it cannot be written: an option's callback."""
    if path is not None:
        try:
            check(path)
        except OSError as error:
            raise typer.BadParameter(str(error)) from None
    return path


def write(path: Path, text: str) -> None:
    """Write `text` to `path` atomically: readers see the old file or the new one."""
    mask = os.umask(0)
    os.umask(mask)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~mask)  # mkstemp's own mode is private
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
