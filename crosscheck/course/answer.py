"""The reader's file, loaded with the CPU device in numba.cuda's place."""

import traceback
from pathlib import Path
from typing import Any

from crosscheck.course.wrong import Wrong
from crosscheck.kernels import launch  # noqa: F401  imports numba-cuda itself, before its stand-in
from crosscheck.kernels.cpu.cuda import install


class Answer:
    """The names that a file defines. Raises Wrong where it cannot be run."""

    def __init__(self, file: Path, source: str | None = None) -> None:
        self.file = file
        self.source = file.read_text() if source is None else source
        self._names: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
        was_installed = install.is_installed()
        install.install()
        try:
            exec(compile(self.source, str(file), "exec"), self._names)
        except SyntaxError as error:
            raise Wrong(f"{file.name}:{error.lineno}: {error.msg}") from None
        except Exception as error:
            own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
            where = f"{file.name}:{own[-1].lineno}" if own else file.name
            raise Wrong(f"{where}: {type(error).__name__}: {error}") from None
        finally:
            if not was_installed:
                install.uninstall()

    def __getitem__(self, name: str) -> Any:
        """Return what the file calls `name`. Raises Wrong where it has no such name, or ... ."""
        value = self._names.get(name, ...)
        if value is ...:
            raise Wrong(f"{self.file.name}: {name} is missing; expected what the exercise asks for")
        return value

    def without(self, line: int) -> "Answer":
        """Return the same answer with `pass` for one line of the file, counted from 1."""
        lines = self.source.splitlines()
        kept = lines[line - 1]
        lines[line - 1] = kept[: len(kept) - len(kept.lstrip())] + "pass"
        return Answer(self.file, "\n".join(lines) + "\n")
