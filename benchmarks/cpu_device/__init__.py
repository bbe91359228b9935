"""The CPU device, timed side by side in one run with numba's simulator and with plain loops.

cases/ holds the kernels, plain numba.cuda, each beside the same operation as a parallel loop;
measure.py times launches and checks what they compute; run.py puts a run together.
"""
