"""Puts the stand-in in numba.cuda's place, for everything imported from then on, and removes it."""

import importlib
import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numba
from numba.core import config, types
from numba.core.target_extension import target_registry

from ..language import counterparts
from ..language.sixteen_bit_floats.bfloat16 import bfloat16
from ..lowering.definitions import TARGET
from . import aliases

_PACKAGE = "numba.cuda"

# What numba-cuda adds to numba's configuration. Each is off unless an environment variable sets it.
_SETTINGS = (
    "CUDA_DEBUG_POLY",
    "CUDA_DEBUG_POLY_USE_TYPED_CONST",
    "CUDA_ENABLE_NRT",  # kernels may allocate arrays (compiler/compilation.py)
    "CUDA_NRT_STATS",
)


class _Replaced(NamedTuple):
    """What had numba.cuda's place before the stand-in."""

    modules: dict[str, ModuleType]
    target: type


_replaced = _Replaced({}, target_registry["cuda"])


class _Alias(Loader):
    """Loads a module under another name. The module's own __spec__ stays what it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def spec(fullname: str) -> ModuleSpec:
    """Return the spec of `numba.cuda` or of a module below it.

    Raises ModuleNotFoundError where the CPU device has no such module.
    """
    name = fullname.removeprefix(_PACKAGE).removeprefix(".")
    found = aliases.resolve(name) if name else __package__
    if found is None:
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
    return ModuleSpec(fullname, _Alias(found))


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> ModuleSpec | None:
        return spec(fullname) if fullname.startswith(f"{_PACKAGE}.") else None


def install_in_children(**modes: Any) -> None:
    """Install the stand-in, and these modes, in every Python that this process starts."""
    folder = str(Path(__file__).parent / "children")
    paths = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{paths}" if paths else folder
    package = __package__.rpartition(".")[0]
    root = Path(sys.modules[package.partition(".")[0]].__file__).parents[1]
    device = {"package": package, "root": str(root), "modes": modes}
    # for children/sitecustomize.py and options/modes.py
    os.environ["CROSSCHECK_CPU_DEVICE"] = json.dumps(device)


def install() -> None:
    """Let `numba.cuda` be the stand-in. What was imported from numba.cuda before stays as it is."""
    global _replaced
    if is_installed():
        return
    _replaced = _Replaced(_take_modules(), target_registry["cuda"])
    counterparts.replaced = _replaced.modules.get(_PACKAGE)
    sys.modules[_PACKAGE] = numba.cuda = sys.modules[__package__]
    _register(target_registry[TARGET])  # an overload for "cuda" is one for kernels
    types.bfloat16 = bfloat16  # numba-cuda's types have it, and numba's stand for them here
    for name in _SETTINGS:
        value = os.environ.get(f"NUMBA_{name}", "0") not in ("", "0")
        setattr(config, name, getattr(config, name, value))
    sys.meta_path.insert(0, _Finder())


def is_installed() -> bool:
    """Return whether `numba.cuda` is the stand-in."""
    return sys.modules.get(_PACKAGE) is sys.modules[__package__]


def uninstall() -> None:
    """Let `numba.cuda` be what it was. What was imported from the stand-in stays as it is."""
    if not is_installed():
        return
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    _take_modules()
    del numba.cuda
    sys.modules.update(_replaced.modules)
    if _PACKAGE in sys.modules:
        numba.cuda = sys.modules[_PACKAGE]
    _register(_replaced.target)


def _take_modules() -> dict[str, ModuleType]:
    """Remove numba.cuda and the modules below it from those that are imported, and return them."""
    names = [name for name in sys.modules if f"{name}.".startswith(f"{_PACKAGE}.")]
    return {name: sys.modules.pop(name) for name in names}


def _register(target: type) -> None:
    """Let overloads for the target "cuda" be overloads for this one."""
    del target_registry["cuda"]  # a key cannot be set twice
    target_registry["cuda"] = target
