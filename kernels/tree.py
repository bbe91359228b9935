"""Trees in shared memory: the threads of a block combine one value each, in a fixed order.

Every thread of the block calls these together, with the same `scratch` of THREADS words and its own
number `t` in the block; all get the result. In a tree the active threads use neighbouring words,
all in different banks.
"""

from crosscheck.kernels.launch import cuda, device_function, index

THREADS = 128  # a power of two: the trees halve it


@device_function
def tree_sum(scratch, t, value):
    """Return the sum of the block's values."""
    scratch[t] = value
    cuda.syncthreads()  # every value is there before the tree reads it
    half = index(THREADS // 2)
    while half != 0:
        if t < half:
            scratch[t] += scratch[index(t + half)]
        cuda.syncthreads()  # this level is complete before the next one reads it
        half = index(half // index(2))
    total = scratch[0]
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return total


@device_function
def tree_max(scratch, t, value):
    """Return the largest of the block's values; none of them is NaN."""
    scratch[t] = value
    cuda.syncthreads()  # every value is there before the tree reads it
    half = index(THREADS // 2)
    while half != 0:
        if t < half:
            scratch[t] = max(scratch[t], scratch[index(t + half)])
        cuda.syncthreads()  # this level is complete before the next one reads it
        half = index(half // index(2))
    largest = scratch[0]
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return largest
