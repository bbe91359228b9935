"""What kernels are made of: the launch types `real` and `index`, and functions that kernels call.

Each is given its meaning, and compiled, for one device and one choice of the types.
"""

from collections.abc import Callable
from typing import Any

from crosscheck.kernels import gpu
from crosscheck.kernels.cpu import jit as cpu_jit
from crosscheck.kernels.cpu.functions import rebind
from crosscheck.kernels.index_type import TYPES


class LaunchType:
    """A type that gets its meaning at the launch; inside a kernel it converts a number to it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: Any) -> Any:
        raise TypeError(f"{self.name} has a meaning only inside a kernel")

    def __repr__(self) -> str:
        return self.name


real = LaunchType("real")
index = LaunchType("index")


class DeviceFunction:
    """A function for kernels to call, with a copy for each device and meaning of the types."""

    def __init__(self, py_func: Callable) -> None:
        self.py_func = py_func
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self._variants: dict[tuple, Any] = {}

    def forget(self) -> None:
        """Drop what was compiled: for whoever changes the function's code."""
        self._variants.clear()

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the copy for one device and one meaning of `real` and `index`."""
        key = device, real_type, index_type
        if key not in self._variants:
            own = specialise(self.py_func, *key)
            make = cpu_jit if device == "cpu" else gpu.cuda.jit
            self._variants[key] = make(own, device=True)
        return self._variants[key]


def specialise(function: Callable, device: str, real_type: type, index_type: type) -> Callable:
    """Return a copy of a kernel or function that has the types' meaning in their place."""

    def replace(value: Any) -> Any:
        if value is real:
            return real_type
        if value is index:
            return TYPES[index_type]
        if isinstance(value, DeviceFunction):
            return value.variant(device, real_type, index_type)
        return value

    return rebind.rebind(rebind.own_copy(function), replace)
