"""The exceptions of numba.cuda.errors, for scripts that catch them.

An exception of a kernel is raised as it is, with its thread in the message: never a
KernelRuntimeError.
"""

from numba.core.errors import LoweringError


class KernelRuntimeError(RuntimeError):
    """What a kernel raised, in numba-cuda's words."""


class CudaLoweringError(LoweringError):
    """What numba-cuda's code generator refuses."""


class UnsupportedBytecodeError(Exception):
    """What numba-cuda's bytecode analysis refuses."""
