"""What runs kernels: workers with the stacks of a block's threads, and who runs next.

record.py is the memory of a worker; fibers.py switches between its stacks; scheduler.py runs its
block, warps.py a warp of it, in the order of order.py; pool.py has a worker for each core.
"""
