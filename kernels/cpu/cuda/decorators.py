"""numba.cuda.decorators: what cuda.jit and cuda.declare_device are."""

# ruff: noqa: F401  a namespace is what it is for

from ..launch.decorator import jit
from .external import declare_device
