"""Kernels that numba.cuda brings along."""
