"""A loop whose counter nobody reads, kept out of the registers of the threads."""

import numpy as np

from crosscheck.kernels.launch import device_function


@device_function
def repeat(n):
    """Return n turns of a loop: `for _ in repeat(n)`.

    A counter of 64 bits goes to the registers that a warp has for all its threads, where one of 32
    bits takes a register of each. In the tiled convolutions that is the difference between 32
    registers and 40, so between 64 warps on an SM and 48 (float64, sm_80 and sm_90a).
    """
    return range(np.int64(n))
