"""A device function, as `jit(device=True)` returns it."""

import functools
import types as python_types
from collections.abc import Callable, Sequence
from typing import Any

from ..options.jit_options import Options
from .gpu_only import GPUOnly

_DEFAULTS = Options(device=True)


class DeviceFunction(GPUOnly):
    """A function that kernels call. It is compiled with the kernels that do.

    With signatures it is compiled for these types alone, and arguments are cast to them.
    """

    def __init__(
        self, py_func: Callable, options: Options = _DEFAULTS, signatures: Sequence = ()
    ) -> None:
        self.py_func, self.options, self.declared = py_func, options, tuple(signatures)
        functools.update_wrapper(self, py_func)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else python_types.MethodType(self, instance)

    def __call__(self, *arguments: Any) -> None:
        raise TypeError(f"{self.__name__} is a device function: call it from a kernel")

    def __getitem__(self, configuration: Any) -> None:
        raise RuntimeError(f"{self.__name__}: Cannot compile a device function as a kernel")
