"""The kernels of numba.cuda.kernels."""
