"""numba.cuda.cg: cooperative groups."""

from crosscheck.kernels.cpu.language.grid_group import this_grid  # noqa: F401
