"""The exceptions of numba.cuda.errors, for scripts that catch them.

None of them is raised: an exception of a kernel keeps its class, and its message names the thread.
"""

from numba.core.errors import LoweringError


class KernelRuntimeError(RuntimeError):
    """An exception of a kernel on a GPU."""


class CudaLoweringError(LoweringError):
    """An error of numba-cuda's code generator."""


class UnsupportedBytecodeError(Exception):
    """An error of numba-cuda's bytecode analysis."""
