"""The names of numba.cuda that have no meaning on a CPU. Each raises an error that says why."""

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

MODULES = {
    "codegen": PTX,
    "cudadrv.libs": LINK,
    "cudadrv.nvrtc": LINK,
    "cudadrv.nvvm": PTX,
    "cudadrv.runtime": PTX,
    "launchconfig": "a kernel is compiled for its arguments, whatever the launch",
}


def _refusing(name: str, reason: str) -> Callable:
    """Return a function in place of cuda.`name` that raises NotImplementedError."""

    def refuse(*arguments: Any, **settings: Any) -> None:
        raise NotImplementedError(f"cuda.{name}: {reason}")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


class UnsupportedModule(types.ModuleType):
    """A module that can be imported, but whose functions raise NotImplementedError."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"numba.cuda.{name}")
        self.__dict__["refuse"] = lambda attribute: _refusing(f"{name}.{attribute}", reason)

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["refuse"](name)


def function(name: str) -> Callable:
    """Return what raises NotImplementedError in place of cuda.`name`.

    Raises AttributeError for a name that numba.cuda does not have, either.
    """
    if name in _FUNCTIONS:
        return _refusing(name, _FUNCTIONS[name])
    raise AttributeError(f"the CPU device has no cuda.{name}")
