"""Writing a report without ever leaving half of one behind."""

import os
import tempfile
from pathlib import Path

import typer


def check(path: Path) -> None:
    """Raise OSError now, before anything has run, if `path` could not be written later."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; expected the name of a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"the folder {path.parent} is not writable")


def writable(path: Path | None) -> Path | None:
    """Refuse, as an option of a command, a file that could not be written at the end."""
    if path is not None:
        try:
            check(path)
        except OSError as error:
            raise typer.BadParameter(str(error)) from None
    return path


def write(path: Path, text: str) -> None:
    """Write `text` to `path` in one step: readers see the old file or the new one."""
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
