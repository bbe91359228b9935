"""The names of numba.cuda that a CPU cannot mean. Each raises an error that says why."""

from collections.abc import Callable
from typing import Any

_PTX = "the CPU device makes no PTX"
_LINK = "the CPU device has nothing to link PTX, CUDA C++ or object code with"
_OTHER = "the CPU device shares no memory with other processes"
_MEMORY = "the CPU device's memory is NumPy's"

_FUNCTIONS = {
    "compile": _PTX,
    "compile_ptx": _PTX,
    "compile_all": _PTX,
    "compile_for_current_device": _PTX,
    "compile_ptx_for_current_device": _PTX,
    "declare_device": _LINK,
    "Archive": _LINK,
    "CUSource": _LINK,
    "Cubin": _LINK,
    "Fatbin": _LINK,
    "LTOIR": _LINK,
    "Object": _LINK,
    "PTXSource": _LINK,
    "open_ipc_array": _OTHER,
    "set_memory_manager": _MEMORY,
}


def _refusing(name: str, reason: str) -> Callable:
    def refuse(*arguments: Any, **settings: Any) -> None:
        raise NotImplementedError(f"cuda.{name}: {reason}")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


def find(name: str) -> Callable:
    """Return what raises NotImplementedError when called. Raises AttributeError for other names."""
    if name in _FUNCTIONS:
        return _refusing(name, _FUNCTIONS[name])
    raise AttributeError(f"the CPU device has no cuda.{name}")
