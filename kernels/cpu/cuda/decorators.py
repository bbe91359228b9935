"""numba.cuda.decorators: what cuda.jit and cuda.declare_device are."""

# ruff: noqa: F401  a namespace is what it is for

from kernels.cpu import jit
from kernels.cpu.cuda.external import declare_device
