"""What kernels are written in: the names of numba.cuda, with their meaning on the CPU.

namespace.py is `cuda` as a kernel sees it. Its members are in the folders, by family. Their
lowerings note in functions/traits.py what the kernel needs, and reach its thread through machine/.
"""
