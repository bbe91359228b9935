"""A function that kernels call, before it is compiled."""

from collections.abc import Callable


class DeviceFunction:
    """A function that kernels call; compiled with each kernel that does."""

    def __init__(self, py_func: Callable) -> None:
        self.py_func = py_func
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__

    def __call__(self, *arguments):
        raise TypeError(f"{self.__name__} is a device function: call it from a kernel")
