"""What kernels are written in: the names of numba.cuda, with their meaning on a CPU.

lookalike.py is the namespace that a kernel sees as `cuda`; the others are its members, a family a
file. They note in kernels.cpu.traits what the kernel needs, and reach its thread through machine/.
"""
