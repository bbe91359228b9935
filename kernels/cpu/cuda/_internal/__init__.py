"""Modules of numba.cuda whose names begin so, and which scripts import all the same."""
