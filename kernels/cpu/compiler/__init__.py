"""From a Python function to machine code, in memory and on disk.

compilation.py is the way from above. copies.py gives a function its meaning on the CPU, program.py
compiles it for the target of target.py, entry.py wraps it in its loop over threads, and cache.py
keeps the result on disk, under the key of cache_key.py.
"""
