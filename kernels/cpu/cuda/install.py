"""Puts the stand-in in numba.cuda's place, for everything imported from then on."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numba

from kernels.cpu import cuda
from kernels.cpu.cuda import aliases

_NAME = "numba.cuda"


class _Alias(Loader):
    """Gives another module under this name. Its own __spec__ stays what it is."""

    def __init__(self, target: str) -> None:
        self._target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{_NAME}."):
            return None
        found = aliases.target(fullname.removeprefix(f"{_NAME}."))
        if found is None:
            text = "it is a part of a GPU's compiler or driver that the CPU device does not have"
            raise ModuleNotFoundError(f"No module named {fullname!r}: {text}", name=fullname)
        return ModuleSpec(fullname, _Alias(found))


def install() -> None:
    """Let `numba.cuda` be the stand-in. What was imported from numba.cuda before stays as it is."""
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{_NAME}.")]:
        del sys.modules[name]
    sys.modules[_NAME] = numba.cuda = cuda
    sys.meta_path.insert(0, _Finder())
