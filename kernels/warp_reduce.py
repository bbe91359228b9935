"""Warp reductions: the lanes of a warp combine one value each, by shuffles in a fixed order.

All 32 lanes call these together, and all get the result, the same bits in every run: no shared
memory, and no barrier.
"""

from crosscheck.kernels.launch import cuda, device_function, index

WARP = 32
ALL = 0xFFFFFFFF  # lanes


@device_function
def warp_sum(value):
    """Return the sum over the warp, the same bits in every lane."""
    for distance in (16, 8, 4, 2, 1):
        value += cuda.shfl_xor_sync(ALL, value, distance)
    return value


@device_function
def warp_max(value):
    """Return the largest of the warp; none is NaN."""
    for distance in (16, 8, 4, 2, 1):
        value = max(value, cuda.shfl_xor_sync(ALL, value, distance))
    return value


@device_function
def row_and_lane():
    """Return the number of the warp, which is its row's, and the lane's."""
    i = index(cuda.grid(1))
    return i // WARP, i % WARP
