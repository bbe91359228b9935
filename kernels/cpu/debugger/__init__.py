"""Runs a kernel in plain Python, one greenlet per CUDA thread, so that a debugger works inside.

    grid.py           a launch: its blocks, one after the other
    block.py          a block: which of its threads run, and what releases those that wait
    thread.py         a CUDA thread, and how it waits
    breakpoints.py    where breakpoint() stops, and pdb in one thread
    meaning.py        what the names in a kernel mean here: a copy of the kernel refers to it
    coordinates.py  barriers.py  warps.py  memory.py  atomics.py  vectors.py   `cuda`, in Python
    compiled.py       functions of numbers, such as math.exp: the CPU device's own, called
    builtins.py       range, min, int and the like, with the types that kernels give them

It needs greenlet, so it is imported where modes ask for it only.
"""
