"""The CPU device, timed against numba's simulator and against plain parallel loops.

cases/ has the kernels, written for numba.cuda, each with the same operation as a parallel loop.
measure.py times launches and checks their results. run.py measures all cases.
"""
