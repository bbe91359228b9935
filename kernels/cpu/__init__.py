"""The CPU device: kernels written for numba.cuda, compiled for the CPU.

One fiber per CUDA thread, blocks spread over the cores, compiled code kept on disk. Depends on
numba and NumPy only. Start at kernel.py, a launch seen from above. compilation.py makes a program
of a kernel, language/ is what it may be written in, machine/ runs it, sanitizer/ watches it, and
cuda/ stands in for numba.cuda where a script imports that.
"""

from crosscheck.kernels.cpu.decorator import jit

__all__ = ["jit"]
