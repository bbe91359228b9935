"""numba.cuda.decorators: what cuda.jit and cuda.declare_device are."""

# ruff: noqa: F401  a namespace is what it is for

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.cuda.external import declare_device
