"""The memory microscope: what a kernel asks of memory, line by line, from a run on the CPU device.

A GPU serves the 32 lanes of a warp together. So the accesses of a trace are first put together
into warp requests (requests); then it is plain counting what a GPU's memory would have to do for
them: sectors.py for global memory, banks.py for shared memory. lines.py adds up by source line,
picture.py draws one request.
"""
