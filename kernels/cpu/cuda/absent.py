"""The names of numba.cuda that a CPU cannot mean. Each raises an error that says why."""

import types
from collections.abc import Callable
from typing import Any

PTX = "the CPU device makes no PTX"
LINK = "the CPU device has nothing to link PTX, CUDA C++ or object code with"
_OTHER = "the CPU device shares no memory with other processes"
_MEMORY = "the CPU device's memory is NumPy's"

_FUNCTIONS = {
    "compile": PTX,
    "compile_ptx": PTX,
    "compile_all": PTX,
    "compile_for_current_device": PTX,
    "compile_ptx_for_current_device": PTX,
    "BaseCUDAMemoryManager": _MEMORY,
    "GetIpcHandleMixin": _OTHER,
    "HostOnlyCUDAMemoryManager": _MEMORY,
    "IpcHandle": _OTHER,
    "open_ipc_array": _OTHER,
    "set_memory_manager": _MEMORY,
}

_MODULES = {
    "codegen": PTX,
    "cudadrv.libs": LINK,
    "cudadrv.nvrtc": LINK,
    "cudadrv.nvvm": PTX,
    "cudadrv.runtime": PTX,
    "launchconfig": "a kernel is compiled for its arguments, whatever the launch",
}


def refusing(name: str, reason: str) -> Callable:
    """Return what raises NotImplementedError when called, in place of cuda.`name`."""

    def refuse(*arguments: Any, **settings: Any) -> None:
        raise NotImplementedError(f"cuda.{name}: {reason}")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


class _Module(types.ModuleType):
    """A module of which nothing can be called."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"numba.cuda.{name}")
        self.__dict__["refuse"] = lambda attribute: refusing(f"{name}.{attribute}", reason)

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["refuse"](name)


def module(name: str) -> types.ModuleType | None:
    """Return a module of a GPU's compiler, for scripts that import it and do not use it."""
    return _Module(name, _MODULES[name]) if name in _MODULES else None


def add_to(package: types.ModuleType, name: str) -> None:
    """Give a package, cuda.`name`, its modules of a GPU's compiler."""
    for whole in _MODULES:
        parent, _, last = whole.rpartition(".")
        if parent == name:
            setattr(package, last, module(whole))


def find(name: str) -> Any:
    """Return what raises NotImplementedError when called. Raises AttributeError for other names."""
    if name in _MODULES:
        return module(name)
    if name in _FUNCTIONS:
        return refusing(name, _FUNCTIONS[name])
    raise AttributeError(f"the CPU device has no cuda.{name}")
