"""A run of the benchmarks: which rows (plan.py), one after the other (run.py), and as a table."""
