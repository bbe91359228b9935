"""The names of numba.cuda that have no meaning on a CPU. Each raises an error that says why."""

import types
from collections.abc import Callable
from typing import Any, NoReturn

PTX = "the CPU device makes no PTX"
LINK = "the CPU device has nothing to link PTX, CUDA C++ or object code with"
INTERNAL = "it is a part of a GPU's compiler or driver that the CPU device does not have"
_OTHER = "the CPU device shares no memory with other processes"
_MEMORY = "the CPU device's memory is NumPy's"

_NAMES = {
    **dict.fromkeys(("compile", "compile_ptx", "compile_all", "compile_for_current_device"), PTX),
    "compile_ptx_for_current_device": PTX,
    "BaseCUDAMemoryManager": _MEMORY,
    "GetIpcHandleMixin": _OTHER,
    "HostOnlyCUDAMemoryManager": _MEMORY,
    "IpcArrayHandle": _OTHER,
    "IpcHandle": _OTHER,
    "ManagedMemory": _MEMORY,
    "MappedMemory": _MEMORY,
    "NumbaCUDAMemoryManager": _MEMORY,
    "PinnedMemory": _MEMORY,
    "open_ipc_array": _OTHER,
    "set_memory_manager": _MEMORY,
    **dict.fromkeys(("Dim3", "GridGroup", "dim3", "grid_group", "initialize_all"), INTERNAL),
}

MODULES = {
    "codegen": PTX,
    "cudadrv.libs": LINK,
    "cudadrv.nvrtc": LINK,
    "cudadrv.nvvm": PTX,
    "cudadrv.runtime": PTX,
    "fp8": "the CPU device has no 8-bit floats",
    "launchconfig": "a kernel is compiled for its arguments, whatever the launch",
    "nvvm": PTX,
    "runtime": PTX,
} | dict.fromkeys(
    (
        "api_util",
        *("cext", "cext._dispatcher", "cext._helperlib", "cext._typeconv", "cext.mviewbuf"),
        "cuda_paths",
        *(f"cudadrv.{name}" for name in ("drvapi", "dummyarray", "mappings", "ndarray")),
        "cudamath",
        "device_init",
        "initialize",
        *("libdevicedecl", "libdevicefuncs", "libdeviceimpl"),
        "locks",
        "mathimpl",
        *("memory_management", "memory_management.nrt", "memory_management.nrt_context"),
        "nvvmutils",
        "printimpl",
        "target",
        "ufuncs",
    ),
    INTERNAL,
)


class Unsupported:
    """Stands for cuda.`name`, a function or a class: to call or to subclass it is an error."""

    def __init__(self, name: str, reason: str) -> None:
        self.__name__ = self.__qualname__ = name
        self._message = f"cuda.{name}: {reason}"

    def __call__(self, *arguments: Any, **settings: Any) -> NoReturn:
        raise NotImplementedError(self._message)

    def __mro_entries__(self, bases: tuple) -> NoReturn:
        raise NotImplementedError(self._message)

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(self._message)


def names_of(module: str, reason: str) -> Callable[[str], Unsupported]:
    """Return the `__getattr__` of a module that has a part of numba-cuda's names, or none."""

    def absent(name: str) -> Unsupported:
        if name.startswith("_"):  # numba asks every global of a kernel for its _numba_type_
            raise AttributeError(name)
        return Unsupported(f"{module}.{name}", _NAMES.get(name, reason))

    return absent


def empty_module(name: str, reason: str) -> types.ModuleType:
    """Return a module that can be imported; what is not in it is Unsupported, whatever its name."""
    made = types.ModuleType(f"numba.cuda.{name}")
    vars(made)["__getattr__"] = names_of(name, reason)
    return made


def name(name: str) -> Unsupported:
    """Return what stands for cuda.`name`.

    Raises AttributeError for a name that numba.cuda does not have, either.
    """
    if name in _NAMES:
        return Unsupported(name, _NAMES[name])
    raise AttributeError(f"the CPU device has no cuda.{name}")
