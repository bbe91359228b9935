"""Workers: the memory, the stacks and the operating system's threads that blocks run on.

layout.py says where everything lies in a worker's memory, worker.py allocates it, and context.py
finds it from running code. fibers.py switches between stacks; pool.py has a worker for each core.
signals.py installs what is called when a kernel crashes or is to be interrupted.
"""
