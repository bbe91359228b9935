"""CNN kernels for a GPU and for the CPU device.

`tune` measures which of them is the fastest, `used` tells which of them ran.
"""

from importlib import import_module
from typing import Any

_FUNCTIONS = {"tune": "tuning", "used": "usage"}


def __getattr__(name: str) -> Any:
    """Import a function at its first use: a program that takes one module needs no other."""
    if name in _FUNCTIONS:
        return getattr(import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
