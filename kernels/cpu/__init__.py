"""The CPU device: kernels written for numba.cuda, compiled for the CPU.

One fiber per CUDA thread, blocks spread over the cores, compiled code kept on disk. Depends on
numba and NumPy only. Start at kernel.py; scheduler.py runs blocks, fibers.py switches between
threads, lookalike.py is what kernels see as `cuda`, record.py is the memory they all share.
"""

from kernels.cpu.decorator import jit

__all__ = ["jit"]
