"""numba.cuda.cg: cooperative groups."""

from ..language.threads.grid_group import this_grid  # noqa: F401
