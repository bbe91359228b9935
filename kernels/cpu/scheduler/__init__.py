"""Which thread runs next: blocks.py runs the blocks of a worker, warps.py one warp of a block.

numba compiles it, as it compiles kernels. All threads are records in memory (machine/layout.py).
"""
