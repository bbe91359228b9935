"""numba.cuda.decorators: what cuda.jit and cuda.declare_device are."""

from kernels.cpu import jit  # noqa: F401
from kernels.cpu.cuda import absent

declare_device = absent.find("declare_device")
