"""Switches of cuDNN, which computes nothing here: scripts may set them.

The kernels give the same bits in every run; `kernels.tune` is what chooses among algorithms.
"""

benchmark = False
deterministic = True
enabled = True
