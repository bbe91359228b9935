"""The memory microscope: what a kernel asks of memory, line by line, from a run on the CPU device.

A GPU serves the 32 lanes of a warp together. requests.py therefore groups the accesses of a trace
into warp requests. What a GPU's memory has to do for each request is then counted: the sectors of
global memory in sectors.py, the passes over shared memory in banks.py. lines.py adds up by source
line, picture.py draws one request.
"""
