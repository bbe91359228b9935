"""Puts the stand-in in numba.cuda's place, for everything imported from then on."""

import importlib
import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
from numba.core import config, types
from numba.core.target_extension import target_registry

from ..language.sixteen_bit_floats.bfloat16 import bfloat16
from ..lowering.definitions import TARGET
from . import absent, aliases

_PACKAGE = "numba.cuda"

# What numba-cuda adds to numba's configuration, each off but for an environment variable.
_SETTINGS = (
    "CUDA_DEBUG_POLY",
    "CUDA_DEBUG_POLY_USE_TYPED_CONST",
    "CUDA_ENABLE_NRT",  # arrays may be made in kernels (compilation.py)
    "CUDA_NRT_STATS",
)


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


class _Absent(Loader):
    """Gives a module of which nothing can be called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return absent.module(self._name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def spec(fullname: str) -> ModuleSpec:
    """Return where `numba.cuda` or a module below it is. Raises ModuleNotFoundError for none."""
    name = fullname.removeprefix(_PACKAGE).removeprefix(".")
    if absent.module(name) is not None:
        return ModuleSpec(fullname, _Absent(name))
    found = aliases.target(name) if name else __package__
    if found is None:
        text = "it is a part of a GPU's compiler or driver that the CPU device does not have"
        raise ModuleNotFoundError(f"No module named {fullname!r}: {text}", name=fullname)
    return ModuleSpec(fullname, _Alias(found))


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> ModuleSpec | None:
        return spec(fullname) if fullname.startswith(f"{_PACKAGE}.") else None


def install_in_children(**changes: Any) -> None:
    """Let every Python that this process starts have the stand-in, and launches in these modes."""
    folder = str(Path(__file__).parent / "children")
    paths = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{paths}" if paths else folder
    package = __package__.rpartition(".")[0]
    root = Path(sys.modules[package.partition(".")[0]].__file__).parents[1]
    start = {"package": package, "root": str(root), "modes": changes}
    os.environ["CROSSCHECK_CPU_DEVICE"] = json.dumps(start)


def install() -> None:
    """Let `numba.cuda` be the stand-in. What was imported from numba.cuda before stays as it is."""
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]:
        del sys.modules[name]
    sys.modules[_PACKAGE] = numba.cuda = sys.modules[__package__]
    del target_registry["cuda"]  # keys are set once
    target_registry["cuda"] = target_registry[TARGET]  # an overload for "cuda" is one for kernels
    types.bfloat16 = bfloat16  # numba-cuda's types have it, and they are numba's here
    for name in _SETTINGS:
        value = os.environ.get(f"NUMBA_{name}", "0") not in ("", "0")
        setattr(config, name, getattr(config, name, value))
    sys.meta_path.insert(0, _Finder())
