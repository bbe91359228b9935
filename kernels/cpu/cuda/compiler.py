"""numba.cuda.compiler: numba's own compiler, of which numba-cuda has a copy, up to PTX."""

from collections.abc import Callable

from numba.core.compiler import *  # noqa: F403

from .absent import PTX, refusing


def __getattr__(name: str) -> Callable:
    if name.startswith("__"):
        raise AttributeError(name)
    return refusing(f"compiler.{name}", PTX)
