"""Load a file in which a user registers algorithms."""

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscheck.kernels.cpu.cuda import install
from crosscheck.parity.own import registry


class BadModule(Exception):
    """The file cannot be loaded, or registers nothing; the message names it and says why."""


def load(path: Path, device: str) -> None:
    """Run the file, which registers algorithms. Raises BadModule.

    On the CPU device `from numba import cuda` is that device in it, as under `crosscheck run`.
    Files beside it can be imported.
    """
    if not path.is_file():
        raise BadModule(f"{path}: there is no such file")
    before = set(registry.places())
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BadModule(f"{path}: expected a file of Python, *.py")
    module = importlib.util.module_from_spec(spec)
    other = sys.modules.get(path.stem, module)
    if getattr(other, "__file__", None) != module.__file__:
        raise BadModule(
            f"{path}: another module has the name {path.stem!r}; expected one of its own"
        )
    sys.modules[path.stem] = module  # a kernel's module is looked up by its name
    sys.path.append(str(path.parent.resolve()))
    try:
        with _numba_cuda_on(device):
            spec.loader.exec_module(module)
    except Exception as error:
        raise BadModule(f"{_place(path, error)}: {type(error).__name__}: {error}") from error
    if before == set(registry.places()):
        expected = "expected functions under @algorithm or @differentiable"
        raise BadModule(f"{path}: it registers nothing; {expected}")


def _place(path: Path, error: Exception) -> str:
    """Return the file and the last line of it that ran."""
    if isinstance(error, SyntaxError):
        return f"{path}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [each.lineno for each in frames if each.filename == str(path.resolve())]
    lines = lines or [each.lineno for each in frames if each.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else f"{path}"


@contextmanager
def _numba_cuda_on(device: str) -> Iterator[None]:
    """Let `numba.cuda` mean the CPU device inside, if that is the device."""
    if device != "cpu" or install.is_installed():
        yield
        return
    install.install()
    try:
        yield
    finally:
        install.uninstall()
