"""Who runs next: blocks, warps and threads of a worker. Compiled by numba, like kernels."""
