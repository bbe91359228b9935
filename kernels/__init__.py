"""CNN kernels for a GPU and for the CPU device; `tune` measures which of them is the fastest."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Import `tune` at its first use: a program that takes one module needs no other."""
    if name == "tune":
        from crosscheck.kernels.tuning import tune

        return tune
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
